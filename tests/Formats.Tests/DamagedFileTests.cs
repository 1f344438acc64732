using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats.Tests;

/// <summary>
/// Files with bytes changed, cut and moved at random: a reader either reads them or throws an <see cref="InvalidDataException"/>
/// that names the file, in reasonable time and memory. <c>NUMERICS_FUZZ</c> is how many files each reader gets, 1,000 otherwise.
/// </summary>
public sealed class DamagedFileTests : IDisposable
{
    private const long MemoryLimit = 64L << 20;

    // PureHDF makes an array of whatever length a damaged file gives before it reads into it; pages that are never written to
    // take no memory, but they count as allocated.
    private const long Hdf5MemoryLimit = 5L << 30;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("NUMERICS_FUZZ") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void Keras_archives() => Check("a.keras", path => KerasModel.Load(path).Dispose(), File.ReadAllBytes(Saved("whole.keras")));

    [Fact]
    public void Keras_configurations()
    {
        string whole = Saved("whole.keras");
        byte[] config = Part(whole, "config.json"), weights = Part(whole, "model.weights.h5");
        Check("a.keras", path => KerasModel.Load(path).Dispose(), config, (path, bytes) => Archive(path, bytes, weights));
    }

    [Fact]
    public void Keras_weights_in_archives()
    {
        string whole = Saved("whole.keras");
        byte[] config = Part(whole, "config.json"), weights = Part(whole, "model.weights.h5");
        Check("a.keras", path => KerasModel.Load(path).Dispose(), weights, (path, bytes) => Archive(path, config, bytes));
    }

    [Fact]
    public void Keras_2_files() => Check("a.h5", path => KerasModel.Load(path).Dispose(), File.ReadAllBytes(Saved("whole.h5")));

    [Fact]
    public void Onnx_files() => Check("a.onnx", path => OnnxModel.Import(path).Dispose(), File.ReadAllBytes(Saved("whole.onnx")));

    [Fact]
    public void Safetensors_files() => Check(
        "a.safetensors",
        path =>
        {
            using var map = new SafetensorsMap(path);
            foreach (string name in map.Names)
                _ = map.Read(name);
        },
        File.ReadAllBytes(Saved("whole.safetensors")));

    [Fact]
    public void TensorFlowJs_models()
    {
        using Sequential model = Model();
        TensorFlowJsModel.Save(model, _folder["js"]);
        string json = Path.Combine(_folder["js"], TensorFlowJsModel.ModelFile);
        Check(Path.Combine("js", TensorFlowJsModel.ModelFile), path => TensorFlowJsModel.Load(path).Dispose(), File.ReadAllBytes(json));
    }

    private static Sequential Model() => new()
    {
        new Input((4, 4, 1)), new Conv2D(2, 3, activation: "relu"), new BatchNormalization(), new Flatten(), new Dense(2, activation: "softmax"),
    };

    private string Saved(string name)
    {
        using Sequential model = Model();
        model.Compile(new Adam(), new CategoricalCrossentropy(), [new CategoricalAccuracy()]);
        Networks.Train(model);
        if (name.EndsWith(".onnx", StringComparison.Ordinal))
            OnnxModel.Export(model, _folder[name]);
        else if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            model.SaveWeights(_folder[name]);
        else
            KerasModel.Save(model, _folder[name]);
        return _folder[name];
    }

    private void Check(string name, Action<string> read, byte[] whole, Action<string, byte[]>? write = null)
    {
        string path = _folder[name];
        bool hdf5 = name is "a.keras" or "a.h5";
        write ??= File.WriteAllBytes;
        write(path, whole);
        read(path);

        // The same files every time: the HDF5 library overflows the stack for a soft link to itself, which other seeds come upon.
        var random = new Random(1);
        int damaged = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] bytes = Mutate(whole, random);
            write(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                read(path);
            }
            catch (InvalidDataException error)
            {
                damaged++;
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            }
            catch (Exception error)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"numerics-damaged-{Guid.NewGuid():N}{Path.GetExtension(name)}");
                File.Copy(path, kept);
                Assert.Fail($"{error.GetType().Name} instead of InvalidDataException; the file is kept as {kept}: {error}");
            }

            long memory = GC.GetAllocatedBytesForCurrentThread() - before;
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            if (memory > (hdf5 ? Hdf5MemoryLimit : MemoryLimit) || time > TimeSpan.FromSeconds(20))
            {
                string kept = Path.Combine(Path.GetTempPath(), $"numerics-damaged-{Guid.NewGuid():N}{Path.GetExtension(name)}");
                File.Copy(path, kept);
                Assert.Fail($"{memory} bytes and {time} for a file of {bytes.Length} bytes; it is kept as {kept}");
            }
        }

        Assert.True(damaged > Count / 20, $"only {damaged} of {Count} files were found to be damaged");
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0 when changes == 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.ASCII.GetBytes(random.Next(2) == 0 ? "9999999" : "[[[\"null\":{-1e9"));
                    break;
                case 3:
                    int from = random.Next(whole.Length), count = Math.Min(random.Next(1, 33), whole.Length - from);
                    bytes.InsertRange(at, whole[from..(from + count)]);
                    break;
                case 4:
                    for (int i = at; i < Math.Min(at + 8, bytes.Count); i++)
                        bytes[i] = 0xFF;
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Part(string path, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using Stream part = zip.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        part.CopyTo(content);
        return content.ToArray();
    }

    private static void Archive(string path, byte[] config, byte[] weights)
    {
        using var stream = new FileStream(path, FileMode.Create);
        KerasArchive.Write(stream, (KerasArchive.Config, config), (KerasArchive.Weights, weights));
    }
}
