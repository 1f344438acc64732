using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Arrays with their axes in another order, for formats that order them otherwise.</summary>
internal static class Permutation
{
    /// <summary>A kernel [height, width, in, out] as [out, in, height, width].</summary>
    public static readonly int[] KernelToChannelsFirst = [3, 2, 0, 1];

    /// <summary>A kernel [out, in, height, width] as [height, width, in, out].</summary>
    public static readonly int[] KernelToChannelsLast = [2, 3, 1, 0];

    /// <summary>An array whose axis i is the axis <paramref name="order"/>[i] of another.</summary>
    /// <param name="array">The array, of elements of 4 bytes.</param>
    /// <param name="order">Every axis once.</param>
    public static NDArray Of(NDArray array, params ReadOnlySpan<int> order)
    {
        int rank = array.Shape.Rank;
        int[] dims = new int[rank], strides = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            dims[i] = array.Shape[order[i]];
            strides[i] = array.Shape.Product((order[i] + 1)..);
        }

        NDArray result = NDArray.Empty(dims, array.DType);
        ReadOnlySpan<int> source = MemoryMarshal.Cast<byte, int>(array.Bytes);
        Span<int> target = MemoryMarshal.Cast<byte, int>(result.Bytes);
        int[] index = new int[rank];
        for (int i = 0, at = 0; i < target.Length; i++)
        {
            target[i] = source[at];
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < dims[axis])
                    break;
                at -= strides[axis] * dims[axis];
                index[axis] = 0;
            }
        }

        return result;
    }

    /// <summary>
    /// The rows of a dense kernel behind a flattened picture in another order: from channels, rows, columns to rows, columns,
    /// channels, or back.
    /// </summary>
    /// <param name="kernel">The kernel [height·width·channels, units].</param>
    /// <param name="picture">The picture [height, width, channels].</param>
    /// <param name="toChannelsLast">Whether the result's rows have the channels last; first otherwise.</param>
    public static NDArray DenseRows(NDArray kernel, Shape picture, bool toChannelsLast)
    {
        (int height, int width, int channels, int units) = (picture[0], picture[1], picture[2], kernel.Shape[1]);
        NDArray ordered = toChannelsLast
            ? Of(kernel.Reshape((channels, height, width, units)), 1, 2, 0, 3)
            : Of(kernel.Reshape((height, width, channels, units)), 2, 0, 1, 3);
        return ordered.Reshape(kernel.Shape);
    }
}
