using CsCheck;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Sampling of pictures along affine coordinates.</content>
public abstract partial class BackendConformance
{
    private static readonly Gen<(Shape Input, (int H, int W) Size, SampleInterpolation Interpolation, FillMode FillMode, float FillValue)> s_samplings =
        Gen.Select(
            Gen.Select(Gen.Int[1, 3], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 5]),
            Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9]),
            Gen.Enum<SampleInterpolation>(), Gen.Enum<FillMode>(), Gen.OneOfConst(0f, -0.75f))
        .Select((shape, size, interpolation, fill, value) => (new Shape(shape.Item1, shape.Item2, shape.Item3, shape.Item4), size, interpolation, fill, value));

    // Eighths: coordinates are exact, so every backend sees the same pixels around.
    [Fact]
    public void Affine_sampling() => s_samplings.Sample(
        c => SameWithGradients($"affine sample {c}", Tolerances.Composite, i =>
        {
            Tensor x = i.Normal(c.Input);
            float[] numbers = new float[c.Input[0] * 6];
            Philox.FillUniform(new RandomKey(Seed, 77), 0, numbers);
            for (int k = 0; k < numbers.Length; k++)
                numbers[k] = k % 3 == 2 ? MathF.Round((numbers[k] - 0.5f) * 30 * 8) / 8 : MathF.Round((numbers[k] - 0.5f) * 4 * 8) / 8;
            return x.AffineSample(Tensor.From((c.Input[0], 6), numbers, i.Backend), c.Size, c.Interpolation, c.FillMode, c.FillValue);
        }),
        iter: 80, threads: 1);

    [Fact]
    public void Affine_sampling_that_changes_nothing_or_mirrors() => SameAll("affine sample", Tolerances.Exact, i =>
    {
        Tensor x = i.Normal(2, 5, 7, 3);
        Tensor both = Tensor.From((2, 6), (float[])[1, 0, 0, 0, 1, 0, -1, 0, 6, 0, -1, 4], i.Backend);
        return [x.AffineSample(both), x.AffineSample(both, interpolation: SampleInterpolation.Nearest, fillMode: FillMode.Constant)];
    });
}
