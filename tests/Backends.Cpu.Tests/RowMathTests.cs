namespace Numerics.Backends.Cpu.Tests;

/// <summary>Reductions of rows of every length up to a few vectors.</summary>
public sealed unsafe class RowMathTests
{
    [Fact]
    public void The_greatest_wherever_it_is()
    {
        for (int n = 1; n <= 70; n++)
        {
            float[] row = Row(n);
            for (int at = 0; at < n; at++)
            {
                float before = row[at];
                row[at] = 100;
                fixed (float* x = row)
                    Assert.Equal(100, RowMath.Max(x, n));
                row[at] = before;
            }

            fixed (float* x = row)
                Assert.Equal(row.Max(), RowMath.Max(x, n));
        }
    }

    [Fact]
    public void The_sum_of_the_others_leaves_one_of_the_greatest_out_and_is_exact_when_small()
    {
        foreach (int n in Enumerable.Range(1, 70).Append(2050))
        {
            float[] row = Row(n), terms = new float[n];
            int[] greatest = n == 1 ? [0] : [n / 3, n - 1];
            foreach (int at in greatest)
                row[at] = 30;
            double expected = row.Where((_, i) => !greatest.Contains(i)).Sum(z => Math.Exp(z - 30)) + greatest.Length - 1;
            fixed (float* x = row, y = terms)
            {
                Assert.Equal(expected, RowMath.SumExpOfOthers(x, 30, y, n), 1e-6 * expected);
                Assert.Equal(RowMath.SumExpOfOthers(x, 30, y, n), RowMath.SumExpOfOthers(x, 30, null, n));
                double all = RowMath.SumExp(x, 30, null, n);
                Assert.Equal(all, RowMath.SumExp(x, 30, y, n));
                Assert.Equal(expected + 1, all, 1e-6 * (expected + 1));
            }

            Assert.All(row.Zip(terms), pair => Assert.Equal(Math.Exp(pair.First - 30), pair.Second, 1e-6));
        }

        // Far below 1, where 1 + sum - 1 would be 0.
        float[] small = [.. Enumerable.Range(0, 100).Select(i => i == 63 ? 0f : -50)];
        fixed (float* x = small)
            Assert.Equal(1, RowMath.SumExpOfOthers(x, 0, null, 100) / (99 * Math.Exp(-50)), 1e-6);
    }

    [Fact]
    public void A_NaN_anywhere_makes_sums_NaN()
    {
        for (int at = 0; at < 70; at++)
        {
            float[] row = Row(70);
            row[at] = float.NaN;
            fixed (float* x = row)
            {
                float max = RowMath.Max(x, 70);
                Assert.Equal(double.NaN, RowMath.SumExpOfOthers(x, max, null, 70));
                Assert.Equal(double.NaN, RowMath.SumExp(x, max, null, 70));
            }
        }
    }

    private static float[] Row(int n) => [.. Enumerable.Range(0, n).Select(_ => (Random.Shared.NextSingle() * 20) - 10)];
}
