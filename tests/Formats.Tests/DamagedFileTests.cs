using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;
using Xunit.Abstractions;

namespace Numerics.Formats.Tests;

/// <summary>
/// Files with bytes, lengths and addresses changed, cut and moved at random: a reader either reads them or throws an
/// <see cref="InvalidDataException"/> that names the file, in reasonable time, and takes little more memory than for the whole file.
/// <c>NUMERICS_FUZZ</c> is how many files each reader gets, 1,000 otherwise; <c>NUMERICS_FUZZ_SEED</c> makes those of another run.
/// </summary>
public sealed class DamagedFileTests(ITestOutputHelper output) : IDisposable
{
    // Of memory: as often what the undamaged file takes, so many bytes for one of the file, and messages.
    private const int Repetition = 2;
    private const int BytesAByte = 16;
    private const long Messages = 1 << 20;

    // Where a test goes on after an error there are many messages.
    private const int MostPaths = 200;
    private const long ManyMessages = MostPaths * (256L << 10);

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
    public void Keras_weights() => Check(
        "a.weights.h5",
        path =>
        {
            using Sequential model = Model();
            KerasModel.LoadWeights(model, path);
        },
        File.ReadAllBytes(Saved("whole.weights.h5")));

    [Theory]
    [InlineData("known.h5")]
    [InlineData("newer.h5")]
    [InlineData("links.h5")]
    [InlineData("newer-links.h5")]
    [InlineData("unknown.h5")]
    public void Hdf5_files(string name)
    {
        // Some paths of the whole file cannot be read either.
        int? usual = null;
        Check(
            "a.h5",
            path =>
            {
                List<InvalidDataException> errors = ReadEverything(path);
                usual ??= errors.Count;
                if (errors.Count != usual)
                    throw errors.Count > 0 ? errors[^1] : new InvalidDataException($"{path}: less than usual cannot be read");
            },
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "hdf5", name)),
            messages: ManyMessages);
    }

    [Fact]
    public void Onnx_files() => Check("a.onnx", path => OnnxModel.Import(path).Dispose(), File.ReadAllBytes(Saved("whole.onnx")));

    [Theory]
    [InlineData("vgg")]
    [InlineData("mobilenet_v3")]
    [InlineData("pictures")]
    [InlineData("convnext")]
    public void Onnx_files_of_PyTorch(string name) => Check(
        "a.onnx", path => OnnxModel.Import(path).Dispose(), File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "onnx", $"{name}.onnx")));

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
    public void Safetensors_files_of_PyTorch() => Check(
        "a.safetensors",
        path =>
        {
            using Sequential model = Model();
            PyTorchWeights.Load(model, path);
        },
        File.ReadAllBytes(Saved("torch.safetensors")));

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
        else if (name.EndsWith(".weights.h5", StringComparison.Ordinal))
            KerasModel.SaveWeights(model, _folder[name]);
        else if (name == "torch.safetensors")
            PyTorchWeights.Save(model, _folder[name]);
        else if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            model.SaveWeights(_folder[name]);
        else
            KerasModel.Save(model, _folder[name]);
        return _folder[name];
    }

    private void Check(string name, Action<string> read, byte[] whole, Action<string, byte[]>? write = null, long messages = Messages)
    {
        string path = _folder[name];
        write ??= File.WriteAllBytes;
        write(path, whole);
        read(path);
        long usual = GC.GetAllocatedBytesForCurrentThread();
        read(path);
        usual = GC.GetAllocatedBytesForCurrentThread() - usual;

        int seed = int.Parse(Environment.GetEnvironmentVariable("NUMERICS_FUZZ_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        output.WriteLine($"{Count} files of {whole.Length} bytes, NUMERICS_FUZZ_SEED={seed}; {usual} bytes of memory for the whole one");
        var random = new Random(seed);
        int damaged = 0;
        long most = 0, start = Stopwatch.GetTimestamp();
        TimeSpan longest = TimeSpan.Zero;
        for (int i = 0; i < Count; i++)
        {
            byte[] bytes = Mutation.Of(whole, random);
            write(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread(), begun = Stopwatch.GetTimestamp();
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
                Assert.Fail($"{error.GetType().Name} instead of InvalidDataException; the file is kept as {Keep(path)}: {error}");
            }

            long memory = GC.GetAllocatedBytesForCurrentThread() - before, limit = (Repetition * usual) + (BytesAByte * bytes.Length) + messages;
            TimeSpan time = Stopwatch.GetElapsedTime(begun);
            if (memory > limit || time > TimeSpan.FromSeconds(20))
                Assert.Fail($"{memory} bytes, {limit} allowed, and {time} for a file of {bytes.Length} bytes; it is kept as {Keep(path)}");
            (most, longest) = (Math.Max(most, memory), time > longest ? time : longest);
        }

        output.WriteLine($"{damaged} were found to be damaged; at most {most} bytes and {longest} for one; {Stopwatch.GetElapsedTime(start)} in all");
        Assert.True(damaged > Count / 20, $"only {damaged} of {Count} files were found to be damaged");
    }

    private static string Keep(string path)
    {
        string kept = Path.Combine(Path.GetTempPath(), $"numerics-damaged-{Guid.NewGuid():N}{Path.GetExtension(path)}");
        File.Copy(path, kept);
        return kept;
    }

    // Every path that a file has, as long as there are not more than a sound one has, in every way; and what could not be read.
    private static List<InvalidDataException> ReadEverything(string path)
    {
        using var reader = new Hdf5Reader(File.OpenRead(path), path);
        var waiting = new Queue<string>(["/"]);
        var errors = new List<InvalidDataException>();
        for (int i = 0; i < MostPaths && waiting.TryDequeue(out string? item); i++)
        {
            Attempt(() =>
            {
                foreach (string name in reader.Names(item))
                    waiting.Enqueue($"{item}/{name}");
            });
            Attempt(() => reader.Read(item, (7, 5)));
            Attempt(() => reader.Read(item, Shape.Scalar));
            Attempt(() => reader.Read(item, (64, 1024)));
            Attempt(() => reader.ReadWhole(item));
            foreach (string name in (string[])["any length", "one length", "list", "list of any length", "none", "numbers", "text", "attribute 1"])
                Attempt(() => reader.Texts(item, name));
        }

        return errors;

        void Attempt(Action read)
        {
            try
            {
                read();
            }
            catch (InvalidDataException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                errors.Add(error);
            }
        }
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
