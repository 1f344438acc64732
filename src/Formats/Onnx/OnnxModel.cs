using Google.Protobuf;
using Numerics.Formats.Onnx;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Models as ONNX files, which run everywhere: in ONNX Runtime, in browsers, on phones, in databases.</summary>
public static class OnnxModel
{
    private const int FirstOpset = 17;
    private const int LastOpset = 21;

    /// <summary>
    /// Writes a model for prediction. Its batch dimension is free. The file is complete or not there.
    /// </summary>
    /// <param name="model">A built model.</param>
    /// <param name="path">The file, .onnx; replaced if it exists.</param>
    /// <param name="options">What the graph takes and gives; the defaults when null.</param>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="NotSupportedException">A layer has no counterpart; the message names it. Nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(Model model, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxExportOptions();
        if (options.Opset is < FirstOpset or > LastOpset)
            throw new ArgumentOutOfRangeException(nameof(options), options.Opset, $"the opset is {FirstOpset} to {LastOpset}");
        ArgumentException.ThrowIfNullOrEmpty(options.InputName, nameof(options));
        ArgumentException.ThrowIfNullOrEmpty(options.OutputName, nameof(options));
        if (!model.Built)
            throw new InvalidOperationException($"{model} is not built yet: build it, call it on a batch, or begin it with an Input");
        ModelProto proto = OnnxExporter.Export(model, options);
        WholeFile.Write(path, stream => proto.WriteTo(stream));
    }

    /// <summary>
    /// Reads a model: a graph of convolutions, pooling, normalisation, dense layers, activations and sums, as
    /// classifiers of other libraries export them. Pictures go in with the channels last, whatever the graph takes.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, built, with the graph's weights.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, or its graph cannot be expressed; the message names the file and the node.
    /// </exception>
    public static Model Import(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = InputFile.Open(path);
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException($"{path}: not an ONNX file: {error.Message}", error);
        }

        return OnnxImporter.Import(proto, path, stream.Length);
    }
}
