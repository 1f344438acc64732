using System.Buffers;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A tensor as files have it: type, extents and bytes. The bytes of one that lives on a backend are fetched piece by piece when they
/// are asked for, so that large weights are not there a second time; until then nothing may change the tensor.
/// </summary>
internal readonly struct TensorContent
{
    private const int PieceLength = 1 << 20;

    private readonly NDArray? _array;
    private readonly Tensor? _tensor;

    private TensorContent(NDArray? array, Tensor? tensor) => (_array, _tensor) = (array, tensor);

    /// <summary>The element type.</summary>
    public DType DType => _array?.DType ?? _tensor!.DType;

    /// <summary>The extents.</summary>
    public Shape Shape => _array?.Shape ?? _tensor!.Shape;

    /// <summary>The number of bytes.</summary>
    public long Length => (long)Shape.Size * DType.Size();

    /// <summary>An array's content.</summary>
    public static implicit operator TensorContent(NDArray array) => new(array, null);

    /// <summary>A tensor's content.</summary>
    public static implicit operator TensorContent(Tensor tensor) => new(null, tensor);

    /// <summary>Hands out all bytes, row-major, in pieces.</summary>
    /// <param name="take">Takes a piece, which is overwritten afterwards.</param>
    public void Read(Action<ReadOnlySpan<byte>> take)
    {
        if (_array is not null)
        {
            take(_array.Bytes);
            return;
        }

        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        for (long offset = 0; offset < Length; offset += PieceLength)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(PieceLength, Length - offset));
            _tensor!.Backend.Download(_tensor, offset, part);
            take(part);
        }

        ArrayPool<byte>.Shared.Return(piece);
    }

    /// <summary>The content in managed memory; the array itself if it is there already.</summary>
    public NDArray ToNDArray() => _array ?? _tensor!.ToNDArray();

    /// <summary>Type and extents, such as <c>Float32 [2, 3]</c>.</summary>
    public override string ToString() => $"{DType} {Shape}";
}
