using Numerics.Backends.Cuda;

namespace Numerics.CudaSimulator.Libraries;

/// <summary>Column-major matrix products in plain loops.</summary>
internal static class GemmLoops
{
    // Sums this long are added up on their own: the rounding errors of long sums stay small.
    private const int Block = 128;

    /// <summary>What cuBLAS would refuse, or null.</summary>
    public static string? Refusal(in GemmProblem p)
    {
        if (p.M < 0 || p.N < 0 || p.K < 0 || p.Batch < 0)
            return "a negative size";
        if (p.LeadingA < Math.Max(1, p.TransposeA ? p.K : p.M))
            return $"lda {p.LeadingA} is below the rows of A";
        if (p.LeadingB < Math.Max(1, p.TransposeB ? p.N : p.K))
            return $"ldb {p.LeadingB} is below the rows of B";
        return p.LeadingC < Math.Max(1, p.M) ? $"ldc {p.LeadingC} is below the rows of C" : null;
    }

    /// <summary>How many elements from its first a stored matrix covers.</summary>
    public static long Extent(int rows, int columns, int leading) => ((long)(columns - 1) * leading) + rows;

    /// <summary>C = alpha·op(A)·op(B) + beta·C, then each row's bias and ReLU.</summary>
    /// <param name="p">The problem; the batch is the caller's.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">A as stored.</param>
    /// <param name="b">B as stored.</param>
    /// <param name="beta">Factor of C; at 0 C is not read.</param>
    /// <param name="c">C as stored.</param>
    /// <param name="bias">One for each row of C; may be empty.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    public static unsafe void Multiply(
        in GemmProblem p, float alpha, float[] a, float[] b, float beta, float* c, float[] bias, bool relu)
    {
        GemmProblem problem = p;
        (int m, int k) = (p.M, p.K);

        // A as k columns of m, whatever it was.
        float[] columns = new float[(long)m * k];
        for (int i = 0; i < m; i++)
        {
            for (int l = 0; l < k; l++)
                columns[((long)l * m) + i] = p.TransposeA ? a[l + ((long)i * p.LeadingA)] : a[i + ((long)l * p.LeadingA)];
        }

        Parallel.For(0, p.N, j =>
        {
            float[] sums = new float[m], part = new float[m];
            for (int start = 0; start < k; start += Block)
            {
                Array.Clear(part);
                for (int l = start; l < Math.Min(k, start + Block); l++)
                {
                    float factor = problem.TransposeB ? b[j + ((long)l * problem.LeadingB)] : b[l + ((long)j * problem.LeadingB)];
                    TensorPrimitives.MultiplyAdd(columns.AsSpan(l * m, m), factor, part, part);
                }

                TensorPrimitives.Add(sums, part, sums);
            }

            float* column = c + ((long)j * problem.LeadingC);
            for (int i = 0; i < m; i++)
            {
                float value = alpha * sums[i];
                if (beta != 0)
                    value += beta * column[i];
                if (bias.Length > 0)
                    value += bias[i];
                column[i] = relu && value <= 0 ? 0 : value;
            }
        });
    }
}
