using Numerics.Tensors;

namespace Numerics.Distributed.Mpi;

/// <summary>Rows of tensors, set by way of ordinary memory.</summary>
internal static class TensorPlaces
{
    public static void Set(Tensor target, Tensor rows, int first)
    {
        NDArray all = target.ToNDArray();
        int row = all.Bytes.Length / Math.Max(1, all.Shape[0]);
        rows.ToNDArray().Bytes.CopyTo(all.Bytes[(first * row)..]);
        target.Backend.Upload(all.Bytes, target);
    }
}
