using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>One argument of a kernel. It keeps the tensor that it came from alive until the launch.</summary>
internal readonly struct KernelArgument
{
    /// <summary>More than any kernel takes.</summary>
    public const int MaxBytes = 512;

    private readonly object? _source;
    private readonly ulong _bits;
    private readonly int _size;

    private KernelArgument(ulong bits, int size, object? source = null) => (_bits, _size, _source) = (bits, size, source);

    /// <summary>A tensor that is read in its own type.</summary>
    public static implicit operator KernelArgument(Tensor tensor) =>
        new(((DeviceBuffer)tensor.Buffer).Address + (ulong)tensor.ByteOffset, sizeof(ulong), tensor);

    public static implicit operator KernelArgument(ulong value) => new(value, sizeof(ulong));

    public static implicit operator KernelArgument(int value) => new((uint)value, sizeof(int));

    public static implicit operator KernelArgument(bool value) => new(value ? 1u : 0, sizeof(int));

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value), sizeof(float));

    /// <summary>A structure of 32-bit words.</summary>
    public static implicit operator KernelArgument(int[] words) => new(0, sizeof(int) * words.Length, words);

    /// <summary>A tensor that is written, all of it or a part, in its own type.</summary>
    public static KernelArgument Output(Tensor tensor) =>
        new(((DeviceBuffer)tensor.Buffer).Overwrite() + (ulong)tensor.ByteOffset, sizeof(ulong), tensor);

    /// <summary>The same, or a null pointer.</summary>
    public static KernelArgument OptionalOutput(Tensor? tensor) => tensor is null ? new KernelArgument(0, sizeof(ulong)) : Output(tensor);

    /// <summary>A tensor that is read, or a null pointer.</summary>
    public static KernelArgument Optional(Tensor? tensor) => tensor is null ? new KernelArgument(0, sizeof(ulong)) : tensor;

    /// <summary>A tensor as it is stored.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="isNarrow">Whether that is in bfloat16.</param>
    public static KernelArgument Stored(Tensor tensor, out bool isNarrow)
    {
        ulong narrow = ((DeviceBuffer)tensor.Buffer).NarrowAddress;
        isNarrow = narrow != 0;
        return isNarrow ? new KernelArgument(narrow + ((ulong)tensor.ByteOffset / 2), sizeof(ulong), tensor) : tensor;
    }

    /// <summary>Writes the argument at its alignment behind those before it.</summary>
    /// <returns>The length with it.</returns>
    public int Write(Span<byte> bytes, int length)
    {
        if (_source is int[] words)
        {
            length = (length + 3) & ~3;
            MemoryMarshal.AsBytes(words.AsSpan()).CopyTo(bytes[length..]);
            return length + _size;
        }

        length = (length + _size - 1) / _size * _size;
        ulong bits = _bits;
        MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[.._size].CopyTo(bytes[length..]);
        return length + _size;
    }
}
