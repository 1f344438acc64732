using CsCheck;
using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance;

/// <content>
/// Convolution fused with ReLU and max-pooling. Which place of a window wins, and whether a sum near zero is positive, may differ
/// from the reference by a rounding error, and the gradient then takes another way. So the forward op is compared by values,
/// its choices by what stands at the place chosen, and the gradient op for the reference's choices.
/// </content>
public abstract partial class BackendConformance
{
    [Theory]
    [InlineData(3, 16, 30)]
    [InlineData(16, 32, 27)]
    [InlineData(32, 64, 14)]
    [InlineData(7, 19, 13)]
    [InlineData(8, 8, 58)]
    [InlineData(64, 32, 11)]
    [InlineData(16, 16, 43)]
    [InlineData(24, 40, 9)]
    [InlineData(64, 64, 6)]
    [InlineData(8, 70, 10)]
    [InlineData(16, 88, 19)]
    public void Fused_convolution_and_pooling_of_the_sizes_that_networks_have(int channelsIn, int channelsOut, int size)
    {
        foreach (Padding padding in (Padding[])[Padding.Valid, Padding.Same])
        {
            var conv = new ConvCase((3, size, size + 3, channelsIn), (3, 3, channelsIn, channelsOut), (1, 1), (1, 1), padding, 1);
            SameFused(conv, (2, 2), (2, 2), padding);
        }
    }

    [Theory]
    [InlineData(1, 16, 3, 9)]
    [InlineData(2, 48, 5, 14)]
    [InlineData(3, 32, 3, 21)]
    [InlineData(3, 16, 1, 6)]
    [InlineData(3, 16, 4, 5)]
    [InlineData(4, 16, 3, 12)]
    [InlineData(1, 16, 15, 17)]
    [InlineData(3, 64, 3, 40)]
    [InlineData(2, 24, 3, 10)]
    [InlineData(3, 22, 3, 11)]
    [InlineData(4, 8, 2, 9)]
    [InlineData(3, 40, 4, 8)]
    [InlineData(3, 8, 3, 230)]
    public void Fused_convolution_and_pooling_of_pictures(int channels, int channelsOut, int kernelWidth, int size)
    {
        foreach (Padding padding in (Padding[])[Padding.Valid, Padding.Same])
        {
            var conv = new ConvCase((2, size, size + kernelWidth, channels), (3, kernelWidth, channels, channelsOut), (1, 1), (1, 1), padding, 1);
            SameFused(conv, (2, 2), (2, 2), Padding.Valid);
        }
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 2)]
    public void Fused_convolution_and_pooling_of_pictures_by_kernels_of_any_height(int kernelHeight, int channels)
    {
        foreach (Padding padding in (Padding[])[Padding.Valid, Padding.Same])
        {
            var conv = new ConvCase((2, 13, 21, channels), (kernelHeight, 3, channels, 16), (1, 1), (1, 1), padding, 1);
            SameFused(conv, (2, 2), (2, 2), Padding.Valid);
        }
    }

    // Most of the output's gradient is zero, and whole taps may be: what a tile makes of its other pixels shows there.
    [Theory]
    [InlineData(3, 8, 19, 9)]
    [InlineData(5, 17, 16, 5)]
    [InlineData(5, 9, 8, 6)]
    public void Fused_convolution_and_pooling_of_far_windows(int kernelSize, int channelsIn, int channelsOut, int size)
    {
        foreach (Padding padding in (Padding[])[Padding.Valid, Padding.Same])
        {
            var conv = new ConvCase((2, size, size + 3, channelsIn), (kernelSize, kernelSize, channelsIn, channelsOut), (1, 1), (1, 1), Padding.Same, 1);
            SameFused(conv, (3, 3), (3, 3), padding);
            SameFused(conv, (2, 2), (3, 3), padding);
        }
    }

    [Fact]
    public void Fused_convolution_and_pooling_of_all_kinds()
    {
        Gen<(ConvCase Conv, (int, int) Window, (int, int) Strides, bool Same)> cases =
            from conv in s_convolutions
            from window in Gen.Frequency((2, Gen.Const((2, 2))), (1, Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])))
            from strides in Gen.Frequency((2, Gen.Const((2, 2))), (1, Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])))
            from same in Gen.Bool
            select (conv, window, strides, same);
        cases.Sample(
            t =>
            {
                Conv2DGeometry geometry = t.Conv.Geometry;
                if (t.Same || (geometry.OutHeight >= t.Window.Item1 && geometry.OutWidth >= t.Window.Item2))
                    SameFused(t.Conv, t.Window, t.Strides, t.Same ? Padding.Same : Padding.Valid);
            },
            iter: 100,
            threads: 1);
    }

    // Exact numbers, and a kernel that is not transformed: every backend decides alike, so the whole way through the tape can be compared.
    [Fact]
    public void Fused_convolution_and_pooling_on_the_tape() => SameWithGradients("conv2d relu maxpool", Tolerances.Convolution, i => i
        .Quarters(2, 15, 12, 3)
        .Conv2DReluMaxPool(i.Quarters(3, 3, 3, 5), i.Quarters(5), (1, 1), Padding.Valid, (1, 1), 1, (2, 2), (2, 2), Padding.Valid));

    private void SameFused(ConvCase c, (int, int) window, (int, int) strides, Padding padding)
    {
        string what = $"conv2d relu maxpool {c} {window} {strides} {padding} (seed {Seed})";
        Conv2DGeometry conv = c.Geometry;
        var pool = new Pool2DGeometry(conv.OutputShape, window, strides, padding);
        using var scope = new TensorScope();
        var inputs = new Inputs(_reference, Seed);
        Tensor x = inputs.Normal(c.Input), kernel = inputs.Normal(c.Kernel), bias = inputs.Normal(c.Kernel[3]);
        Tensor full = Tensor.Empty(_reference, conv.OutputShape);
        _reference.Conv2DBias(x, kernel, bias, conv, relu: true, full);
        Tensor y = Tensor.Empty(_reference, pool.OutputShape), argMax = Tensor.Empty(_reference, pool.OutputShape, pool.ArgMaxType);
        _reference.MaxPool2D(full, pool, y, argMax);
        Tensor dy = Tensor.RandomUniform(y.Shape, 0.1f, 1, new RandomKey(Seed, 1000), _reference);

        Poison();
        inputs = new Inputs(_tested, Seed);
        Tensor testedX = inputs.Normal(c.Input), testedKernel = inputs.Normal(c.Kernel), testedBias = inputs.Normal(c.Kernel[3]);
        Tensor testedY = Tensor.Empty(_tested, y.Shape), testedArgMax = Tensor.Empty(_tested, y.Shape, pool.ArgMaxType);
        _tested.Conv2DBiasReluMaxPool(testedX, testedKernel, testedBias, conv, pool, testedY, testedArgMax);
        Comparison.Close(ReferenceBackend.Read(y), testedY.ToArray(), Tolerances.ConvolutionOf(c.Kernel), what);
        CheckChoices(ReferenceBackend.ReadDoubles(full), ReferenceBackend.ReadDoubles(y), testedArgMax, pool, what);

        // The same choices for both.
        Tensor sameY = Tensor.From(y.Shape, y.ToArray(), _tested), sameDy = Tensor.From(y.Shape, dy.ToArray(), _tested);
        Tensor sameArgMax = Tensor.From(y.Shape, [.. ReferenceBackend.ReadDoubles(argMax).Select(p => (float)p)], _tested).Cast(pool.ArgMaxType);
        List<Real[]> expected = Gradient(_reference, x, kernel, y, argMax, dy, conv, pool, ReferenceBackend.Read);
        List<float[]> actual = Gradient(_tested, testedX, testedKernel, sameY, sameArgMax, sameDy, conv, pool, tensor => tensor.ToArray());
        for (int i = 0; i < 3; i++)
            Comparison.Close(expected[i], actual[i], Tolerances.ConvolutionOf(c.Kernel), $"{what}, the gradient of input {i}");
    }

    private static List<T> Gradient<T>(
        Backend backend, Tensor x, Tensor kernel, Tensor y, Tensor argMax, Tensor dy, Conv2DGeometry conv, Pool2DGeometry pool, Func<Tensor, T> read)
    {
        Tensor dx = Tensor.Full(x.Shape, float.NaN, backend), dkernel = Tensor.Full(kernel.Shape, float.NaN, backend);
        Tensor dbias = Tensor.Full(kernel.Shape[3], float.NaN, backend);
        backend.Conv2DBiasReluMaxPoolGradient(x, kernel, y, argMax, dy, conv, pool, dx, dkernel, dbias);

        // A first layer asks for less, and gets the same.
        Tensor firstKernel = Tensor.Full(kernel.Shape, float.NaN, backend), firstBias = Tensor.Full(dbias.Shape, float.NaN, backend);
        backend.Conv2DBiasReluMaxPoolGradient(x, kernel, y, argMax, dy, conv, pool, null, firstKernel, firstBias);
        Assert.Equal(dkernel.ToArray(), firstKernel.ToArray());
        Assert.Equal(dbias.ToArray(), firstBias.ToArray());
        return [read(dx), read(dkernel), read(dbias)];
    }

    // Where y is 0 the choice has no meaning; elsewhere the reference has the maximum, or as good as, at the place chosen.
    private static void CheckChoices(double[] full, double[] y, Tensor argMax, in Pool2DGeometry pool, string what)
    {
        float[] positions = argMax.Cast(DType.Float32).ToArray();
        for (int i = 0; i < y.Length; i++)
        {
            if (y[i] < 1e-3)
                continue;
            int channel = i % pool.Channels, pixel = i / pool.Channels;
            (int row, int column) = Math.DivRem((int)positions[i], pool.PoolWidth);
            row += (pixel / pool.OutWidth % pool.OutHeight * pool.StrideH) - pool.PadTop;
            column += (pixel % pool.OutWidth * pool.StrideW) - pool.PadLeft;
            int image = pixel / (pool.OutWidth * pool.OutHeight);
            double chosen = full[((((image * pool.InHeight) + row) * pool.InWidth) + column) * pool.Channels + channel];
            Assert.True(Math.Abs(chosen - y[i]) < 1e-3, $"{what}: output {i} took {chosen}, the maximum is {y[i]}");
        }
    }
}
