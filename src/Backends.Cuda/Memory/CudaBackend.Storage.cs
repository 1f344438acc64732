using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>
/// Numbers in single precision or rounded to bfloat16, as they are stored. Which results are rounded follows from precision, op and shapes,
/// and from whether what the op reads is: never from who reads them.
/// </content>
public sealed unsafe partial class CudaBackend
{
    /// <summary>Whether convolutions leave their results in bfloat16: tensor cores multiply such from Ampere on.</summary>
    private bool StoresBrainFloats => _options.Precision == CudaPrecision.BFloat16 && HasTensorCores;

    private static bool IsRounded(Tensor x) => NarrowAddress(x) != 0;

    /// <summary>Whether a result is rounded that would be if what it is made of is: a gradient is if what it is the gradient of is.</summary>
    private static bool IsToBeRounded(Tensor y, Tensor x) => ((DeviceBuffer)y.Buffer).IsToBeRounded ?? IsRounded(x);

    /// <summary>Whether a tensor has all of its memory.</summary>
    private static bool IsWhole(Tensor x) => x.ByteOffset == 0 && x.Buffer.ByteLength == (long)x.Count * x.DType.Size();

    /// <summary>A tensor's elements in bfloat16, as they are stored or rounded, or in single precision.</summary>
    private Operand AsOperand(Tensor x, bool isNarrow)
    {
        if (!isNarrow)
            return new Operand(x, null, Address(x));
        if (NarrowAddress(x) is var stored and not 0)
            return new Operand(x, null, stored);
        var rounded = (DeviceBuffer)Allocate(2L * x.Count);
        Each(KernelFamily.Cast, "cast_float32_bfloat16", x.Count, x, rounded.Address, x.Count);
        return new Operand(x, rounded, rounded.Address);
    }

    /// <summary>A tensor's elements rounded to bfloat16, for several who would each round them; null if they are stored so already.</summary>
    private Tensor? Narrowed(Tensor x)
    {
        if (IsRounded(x))
            return null;
        Tensor narrow = Tensor.Empty(this, x.Shape);
        Each(KernelFamily.Cast, "cast_float32_bfloat16", x.Count, x, ((DeviceBuffer)narrow.Buffer).Narrow(), x.Count);
        return narrow;
    }

    /// <summary>
    /// Where to write all of a tensor, in single precision or in bfloat16. The latter stays as it is written if the tensor has all of its
    /// memory, and if it may; else it goes there when it is finished.
    /// </summary>
    private Result AsResult(Tensor y, bool isNarrow, bool stays = true)
    {
        if (!isNarrow)
            return new Result(y, null, OutputAddress(y));
        if (stays && IsWhole(y))
            return new Result(y, null, ((DeviceBuffer)y.Buffer).Narrow());
        var rounded = (DeviceBuffer)Allocate(2L * y.Count);
        return new Result(y, rounded, rounded.Address);
    }

    private void Finish(Result result)
    {
        if (result.Rounded is { } rounded)
            Widen(rounded.Address, OutputAddress(result.Tensor), result.Tensor.Count);
    }

    /// <summary>Keeps a tensor, or its rounded copy, until the work that reads it is enqueued.</summary>
    private readonly struct Operand(Tensor tensor, DeviceBuffer? rounded, ulong address) : IDisposable
    {
        public ulong Address => address;

        public void Dispose()
        {
            rounded?.Release();
            GC.KeepAlive(tensor);
        }
    }

    /// <summary>Where an op writes: a tensor, or memory in bfloat16 that goes there when it is finished.</summary>
    private readonly struct Result(Tensor tensor, DeviceBuffer? rounded, ulong address) : IDisposable
    {
        public Tensor Tensor => tensor;

        public DeviceBuffer? Rounded => rounded;

        public ulong Address => address;

        public void Dispose()
        {
            rounded?.Release();
            GC.KeepAlive(tensor);
        }
    }
}
