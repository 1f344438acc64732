namespace Numerics.CudaSimulator.Ptx;

/// <summary>The kernels of one PTX text.</summary>
public sealed class PtxModule
{
    private PtxModule(IReadOnlyDictionary<string, PtxKernel> kernels) => Kernels = kernels;

    /// <summary>The kernels by name.</summary>
    public IReadOnlyDictionary<string, PtxKernel> Kernels { get; }

    /// <summary>Reads a text; every instruction in it must be one that the interpreter executes.</summary>
    /// <exception cref="PtxException">Something in the text is unknown; the message names the line.</exception>
    public static PtxModule Parse(string text) => new(new PtxParser(text).Kernels());
}
