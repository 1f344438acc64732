namespace Numerics.Formats;

/// <summary>What an exported ONNX graph takes and gives.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The version of ONNX's operators, 17 to 21; 17 is understood by runtimes from 2022 on.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>The name of the input.</summary>
    public string InputName { get; init; } = "input";

    /// <summary>The name of the output.</summary>
    public string OutputName { get; init; } = "output";

    /// <summary>Whether a softmax or sigmoid at the end is left out, so that the graph gives logits.</summary>
    public bool Logits { get; init; }

    /// <summary>
    /// Whether pictures go in as [batch, channels, height, width], as most models of other libraries take them; otherwise as
    /// [batch, height, width, channels], as here.
    /// </summary>
    public bool ChannelsFirst { get; init; }

    /// <summary>Whether the input is bytes 0..255, which the graph divides by 255, as pictures from files are.</summary>
    public bool BytePixels { get; init; }

    /// <summary>
    /// Whether pictures of any size go in and the graph scales them to the model's size, bilinearly between centres of pixels,
    /// as <c>ImageDataset</c> does.
    /// </summary>
    public bool Resize { get; init; }
}
