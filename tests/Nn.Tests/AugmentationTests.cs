using CsCheck;
using Numerics.Golden;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

[Collection(SeededTests.Name)]
public class AugmentationTests
{
    private static readonly RandomKey Key = new(3, 9);

    public static TheoryData<string> Layers => [.. Augmentations(seed: 1).Select(layer => layer.GetType().Name)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Outside_of_training_pictures_stay_as_they_are(string name)
    {
        NDArray pictures = Pictures(3, 8, 6, 3);
        using RandomAugmentation layer = Layer(name, 1);
        NDArray expected = layer is RandomCrop ? Middle(pictures, 4, 5) : pictures;
        using var scope = new TensorScope();
        Assert.Equal(expected.ToFloats(), layer.Call(pictures).ToArray());
        Assert.NotEqual(expected.ToFloats(), layer.Call(pictures, training: true).ToArray());
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_seed_decides_and_every_step_and_picture_has_its_own_change(string name)
    {
        NDArray one = Pictures(1, 8, 6, 3);
        var many = NDArray.From((8, 8, 6, 3), [.. Enumerable.Range(0, 8).SelectMany(_ => one.ToFloats())]);
        using var scope = new TensorScope();
        float[][] Steps(ulong? seed)
        {
            using RandomAugmentation layer = Layer(name, seed);
            return [layer.Call(many, training: true).ToArray(), layer.Call(many, training: true).ToArray()];
        }

        float[][] first = Steps(5);
        Assert.Equal(first, Steps(5));
        Assert.NotEqual(first, Steps(6));
        Assert.NotEqual(first[0], first[1]);
        int size = first[0].Length / 8;
        Assert.True(first[0].Chunk(size).Select(picture => string.Join(' ', picture)).Distinct().Count() > 1);
        RandomGenerator.SetSeed(4);
        float[][] shared = Steps(null);
        RandomGenerator.SetSeed(4);
        Assert.Equal(shared, Steps(null));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void In_a_pipeline_the_stream_decides_and_the_type_stays(string name)
    {
        using RandomAugmentation layer = Layer(name, null);
        NDArray floats = Pictures(4, 8, 6, 3);
        var bytes = NDArray.From(floats.Shape, [.. floats.ToFloats().Select(value => (byte)(255 * value))], DType.UNorm8);
        NDArray changed = layer.Apply(bytes, Key);
        Assert.Equal(DType.UNorm8, changed.DType);
        Assert.Equal(changed.Bytes.ToArray(), layer.Apply(bytes, Key).Bytes.ToArray());
        NDArray single = layer.Apply(bytes.Slice(0, 1).Reshape((8, 6, 3)), Key);
        Assert.Equal(changed.Shape.Without(0), single.Shape);
        Assert.Equal(changed.Slice(0, 1).Bytes.ToArray(), single.Bytes.ToArray());
        var results = new byte[16][];
        _ = Parallel.For(0, 16, i => results[i] = layer.Apply(bytes, new RandomKey(1, (ulong)i)).Bytes.ToArray());
        for (int i = 0; i < 16; i++)
            Assert.Equal(layer.Apply(bytes, new RandomKey(1, (ulong)i)).Bytes.ToArray(), results[i]);
        _ = Assert.Throws<ShapeMismatchException>(() => layer.Apply(new NDArray((3, 3)), Key));
    }

    [Fact]
    public void Flips_are_exact_and_even()
    {
        NDArray one = Pictures(1, 4, 5, 2);
        float[] picture = one.ToFloats();
        float[] Mirrored(bool rows, bool columns) => [.. Each(4, 5, 2).Select(p => picture[((((rows ? 3 - p.Row : p.Row) * 5) + (columns ? 4 - p.Column : p.Column)) * 2) + p.Channel])];
        var counts = new int[4];
        using var flip = new RandomFlip(seed: 1);
        for (ulong i = 0; i < 400; i++)
        {
            float[] flipped = flip.Apply(one, new RandomKey(7, i)).ToFloats();
            int kind = Enumerable.Range(0, 4).Single(k => flipped.AsSpan().SequenceEqual(Mirrored(k / 2 == 1, k % 2 == 1)));
            counts[kind]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 60, 140));
        using var sideways = new RandomFlip(FlipMode.Horizontal);
        float[][] kinds = [.. Enumerable.Range(0, 40).Select(i => sideways.Apply(one, new RandomKey(8, (ulong)i)).ToFloats())];
        Assert.All(kinds, flipped => Assert.True(flipped.AsSpan().SequenceEqual(picture) || flipped.AsSpan().SequenceEqual(Mirrored(false, true))));
        Assert.Equal(2, kinds.Select(flipped => flipped[0]).Distinct().Count());
    }

    [Fact]
    public void A_quarter_turn_against_the_clock_is_one()
    {
        NDArray one = Pictures(1, 5, 5, 1);
        using var turn = new RandomRotation((0.25f, 0.25f));
        float[] picture = one.ToFloats(), turned = turn.Apply(one, Key).ToFloats();
        foreach (var (row, column, _) in Each(5, 5, 1))
            Assert.Equal(picture[(column * 5) + 4 - row], turned[(row * 5) + column], 1e-5);
    }

    [Fact]
    public void A_shift_moves_down_and_right_and_fills()
    {
        var one = NDArray.From((1, 2, 4, 1), [1f, 2, 3, 4, 5, 6, 7, 8]);
        float[] Shifted(FillMode fill) => new RandomTranslation((0.5f, 0.5f), (0.25f, 0.25f), fill, fillValue: 9).Apply(one, Key).ToFloats();
        Assert.Equal([9, 9, 9, 9, 9, 1, 2, 3], Shifted(FillMode.Constant));
        Assert.Equal([1, 1, 2, 3, 1, 1, 2, 3], Shifted(FillMode.Nearest));
        Assert.Equal([1, 1, 2, 3, 1, 1, 2, 3], Shifted(FillMode.Reflect));
        Assert.Equal([8, 5, 6, 7, 4, 1, 2, 3], Shifted(FillMode.Wrap));
    }

    [Fact]
    public void Zooming_in_shows_the_middle_and_zooming_out_more()
    {
        var one = NDArray.From((1, 5, 5, 1), [.. Enumerable.Range(0, 25).Select(i => (float)i)]);
        float[] near = new RandomZoom((-0.5f, -0.5f)).Apply(one, Key).ToFloats();
        Assert.Equal([6f, 6.5f, 7, 7.5f, 8], near[..5]);
        Assert.Equal(12f, near[12]);
        float[] wide = new RandomZoom((0, 0), (1, 1), FillMode.Constant).Apply(one, Key).ToFloats();
        Assert.Equal([0f, 0, 2, 4, 0], wide[..5]);
        float[] both = new RandomZoom((1, 1), fillMode: FillMode.Nearest).Apply(one, Key).ToFloats();
        Assert.Equal([0f, 0, 2, 4, 4], both[..5]);
    }

    [Fact]
    public void Contrast_and_brightness_follow_their_formulas()
    {
        var one = NDArray.From((1, 1, 2, 2), [0.2f, 0.5f, 0.6f, 0.7f]);
        Assert.Equal([0.1f, 0.45f, 0.7f, 0.75f], new RandomContrast((0.5f, 0.5f)).Apply(one, Key).ToFloats().Select(v => MathF.Round(v, 5)));
        Assert.Equal([0f, 0.2f, 1, 1], new RandomContrast((5, 5)).Apply(one, Key).ToFloats().Select(v => MathF.Round(v, 5)), (a, b) => a == b || b is 0 or 1);
        Assert.Equal([0.6f, 0.9f, 1, 1], new RandomBrightness((0.4f, 0.4f)).Apply(one, Key).ToFloats().Select(v => MathF.Round(v, 5)));
        Assert.Equal([102.2f, 102.5f, 102.6f, 102.7f], new RandomBrightness((0.4f, 0.4f), (0, 255)).Apply(one, Key).ToFloats().Select(v => MathF.Round(v, 4)));
    }

    [Fact]
    public void Crops_are_parts_of_the_picture_and_every_place_has_its_turn()
    {
        var one = NDArray.From((1, 4, 5, 1), [.. Enumerable.Range(0, 20).Select(i => (float)i)]);
        using var crop = new RandomCrop(3, 3);
        var corners = new HashSet<float>();
        for (ulong i = 0; i < 200; i++)
        {
            float[] part = crop.Apply(one, new RandomKey(2, i)).ToFloats();
            _ = corners.Add(part[0]);
            Assert.Equal(Each(3, 3, 1).Select(p => part[0] + (5 * p.Row) + p.Column), part);
        }

        Assert.Equal([0f, 1, 2, 5, 6, 7], corners.Order());
        using var scope = new TensorScope();
        using var centre = new CenterCrop(2, 3);
        Assert.Equal([6f, 7, 8, 11, 12, 13], centre.Call(one).ToArray());
        using var larger = new CenterCrop(8, 10);
        Assert.Equal([1, 8, 10, 1], larger.Call(one).Shape);
        Assert.Equal(new Shape(Shape.Unknown, 3, 3, 1), crop.ComputeOutputShape(new Shape(Shape.Unknown, 9, 9, 1)));
    }

    public static TheoryData<string> GoldenCases => GoldenFile.Names("resize_bilinear.json");

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void Resizing_is_that_of_tf_image_resize(string name)
    {
        GoldenCase golden = GoldenFile.Case("resize_bilinear.json", name);
        GoldenTensor expected = golden.Tensor("y");
        using var resizing = new Resizing(expected.Shape[0], expected.Shape[1]);
        using var scope = new TensorScope();
        NDArray x = golden.Tensor("x").ToNDArray();
        Tensor y = resizing.Call(x.Reshape(x.Shape.Prepend(1)));
        GoldenAssert.Close(expected.Data, [.. y.ToArray().Select(value => (double)value)], name);
    }

    [Fact]
    public void Sampling_agrees_with_pictures_that_are_laid_out_again_and_again() => Gen.Select(
        Gen.Int[1, 6], Gen.Int[1, 6], Gen.Enum<FillMode>(), Gen.Enum<SampleInterpolation>(), Gen.Int[-14, 14].Array[6]).Sample((height, width, fill, interpolation, eighths) =>
        {
            NDArray one = Pictures(1, height, width, 2);
            float[] picture = one.ToFloats(), transform = [.. eighths.Select((n, k) => k % 3 == 2 ? n / 4f : n / 8f)];
            using var scope = new TensorScope();
            float[] actual = ((Tensor)one).AffineSample(Tensor.From((1, 6), transform), (4, 3), interpolation, fill, 0.25f).ToArray();
            int[] rows = LaidOut(fill, height), columns = LaidOut(fill, width);
            double At(int row, int column, int channel) => rows[row + 500] < 0 || columns[column + 500] < 0 ? 0.25 : picture[(((rows[row + 500] * width) + columns[column + 500]) * 2) + channel];
            int i = 0;
            foreach (var (row, column, channel) in Each(4, 3, 2))
            {
                double c = (transform[0] * column) + (transform[1] * row) + transform[2], r = (transform[3] * column) + (transform[4] * row) + transform[5];
                if (interpolation == SampleInterpolation.Nearest)
                {
                    Assert.Equal((float)At((int)Math.Floor(r + 0.5), (int)Math.Floor(c + 0.5), channel), actual[i++]);
                    continue;
                }

                int top = (int)Math.Floor(r), left = (int)Math.Floor(c);
                double down = r - top, right = c - left;
                double expected = ((1 - down) * (((1 - right) * At(top, left, channel)) + (right * At(top, left + 1, channel))))
                    + (down * (((1 - right) * At(top + 1, left, channel)) + (right * At(top + 1, left + 1, channel))));
                Assert.Equal(expected, actual[i++], 1e-5);
            }
        });

    [Fact]
    public void A_model_trains_with_them_and_is_evaluated_without()
    {
        RandomGenerator.SetSeed(2);
        using var model = new Sequential
        {
            new Input((8, 8, 3)), new RandomFlip(seed: 1), new RandomRotation(0.1f, seed: 2), new RandomContrast(0.2f, seed: 3), new Conv2D(4, 3), new Flatten(), new Dense(2),
        };
        model.Compile(new SGD(0f), new MeanSquaredError());
        NDArray x = Pictures(6, 8, 8, 3), y = new NDArray((6, 2));
        Assert.Equal(4L + (3 * 3 * 3 * 4) + (6 * 6 * 4 * 2) + 2, model.CountParams());
        float first = (float)model.TrainOnBatch(x, y)["loss"], second = (float)model.TrainOnBatch(x, y)["loss"];
        Assert.NotEqual(first, second);
        Assert.Equal(model.Predict(x).ToFloats(), model.Predict(x).ToFloats());
        using var plain = new TensorScope();
        Assert.Equal(model.Call(x).ToArray(), model.Predict(x).ToFloats());
    }

    [Fact]
    public void Mixing_blends_pictures_and_targets_alike()
    {
        const int Count = 16;
        NDArray x = Pictures(Count, 4, 4, 1);
        var y = NDArray.From((Count, Count), [.. Enumerable.Range(0, Count * Count).Select(i => i / Count == i % Count ? 1f : 0)]);
        var weights = NDArray.From(Count, [.. Enumerable.Range(0, Count).Select(i => (float)i)]);
        DataItem mixed = new MixUp(1).Apply(new DataItem(x, y, weights), Key);
        float[] pictures = x.ToFloats(), targets = mixed.Y.ToFloats(), result = mixed.X.ToFloats();
        int blended = 0;
        for (int i = 0; i < Count; i++)
        {
            float[] shares = targets[(i * Count)..((i + 1) * Count)];
            Assert.Equal(1, shares.Sum(), 1e-5);
            blended += shares.Count(share => share > 0) == 2 ? 1 : 0;
            for (int pixel = 0; pixel < 16; pixel++)
                Assert.Equal(shares.Select((share, j) => share * pictures[(j * 16) + pixel]).Sum(), result[(i * 16) + pixel], 1e-5);
            Assert.Equal(shares.Select((share, j) => share * j).Sum(), mixed.SampleWeight!.ToFloats()[i], 1e-4);
        }

        Assert.InRange(blended, 8, Count);
        Assert.Equal(result, new MixUp(1).Apply(new DataItem(x, y), Key).X.ToFloats());
        Assert.NotEqual(result, new MixUp(1).Apply(new DataItem(x, y), new RandomKey(1, 1)).X.ToFloats());
        _ = Assert.Throws<ShapeMismatchException>(() => new MixUp().Apply(new DataItem(x, new NDArray(Count)), Key));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new MixUp(0));
    }

    [Fact]
    public void Cutting_puts_a_rectangle_of_another_picture_in_and_targets_follow_its_area()
    {
        const int Count = 32, Side = 20;
        var x = NDArray.From((Count, Side, Side, 1), [.. Enumerable.Range(0, Count * Side * Side).Select(i => (byte)(i / (Side * Side)))], DType.UNorm8);
        var y = NDArray.From((Count, Count), [.. Enumerable.Range(0, Count * Count).Select(i => i / Count == i % Count ? 1f : 0)]);
        DataItem mixed = new CutMix().Apply(new DataItem(x, y), Key);
        Assert.Equal(DType.UNorm8, mixed.X.DType);
        int cut = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] picture = mixed.X.Slice(i, 1).Bytes.ToArray();
            float[] shares = mixed.Y.Slice(i, 1).ToFloats();
            foreach (var group in picture.GroupBy(value => value))
                Assert.Equal(group.Count() / (float)(Side * Side), shares[group.Key], 1e-5);
            var others = Each(Side, Side, 1).Where(p => picture[(p.Row * Side) + p.Column] != i).ToList();
            if (others.Count == 0)
                continue;
            cut++;
            int rows = others.Max(p => p.Row) - others.Min(p => p.Row) + 1, columns = others.Max(p => p.Column) - others.Min(p => p.Column) + 1;
            Assert.Equal(others.Count, rows * columns);
        }

        Assert.InRange(cut, Count / 2, Count);
    }

    [Theory]
    [InlineData(0.2f)]
    [InlineData(1f)]
    [InlineData(3f)]
    public void Shares_have_the_mean_and_the_variance_of_their_distribution(float alpha)
    {
        const int Draws = 20_000;
        var random = new PhiloxStream(Key);
        double[] shares = [.. Enumerable.Range(0, Draws).Select(_ => (double)random.NextBeta(alpha))];
        double mean = shares.Average(), variance = shares.Average(share => (share - 0.5) * (share - 0.5)), expected = 1 / (4 * ((2 * alpha) + 1));
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Equal(0.5, mean, 5 * Math.Sqrt(expected / Draws));
        Assert.Equal(expected, variance, expected * 0.05);
    }

    [Fact]
    public void Factors_that_make_no_sense_are_refused()
    {
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomRotation(1.5f));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomRotation((0.2f, 0.1f)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomZoom((-1f, 0f)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomTranslation(0.1f, 2f));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomBrightness(float.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomContrast((-2f, 0f)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RandomCrop(0, 3));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Resizing(3, 0));
    }

    private static IEnumerable<RandomAugmentation> Augmentations(ulong? seed) =>
    [
        new RandomFlip(seed: seed), new RandomRotation(0.2f, seed: seed), new RandomZoom(0.3f, seed: seed), new RandomTranslation(0.2f, 0.3f, seed: seed),
        new RandomContrast(0.5f, seed: seed), new RandomBrightness(0.3f, seed: seed), new RandomCrop(4, 5, seed: seed),
    ];

    private static RandomAugmentation Layer(string name, ulong? seed) => Augmentations(seed).Single(layer => layer.GetType().Name == name);

    private static IEnumerable<(int Row, int Column, int Channel)> Each(int height, int width, int channels) =>
        from row in Enumerable.Range(0, height) from column in Enumerable.Range(0, width) from channel in Enumerable.Range(0, channels) select (row, column, channel);

    private static NDArray Middle(NDArray pictures, int height, int width)
    {
        float[] all = pictures.ToFloats();
        Shape s = pictures.Shape;
        int top = (s[1] - height) / 2, left = (s[2] - width) / 2;
        return NDArray.From((s[0], height, width, s[3]), [.. Enumerable.Range(0, s[0]).SelectMany(b => Each(height, width, s[3]).Select(p => all[(((((b * s[1]) + top + p.Row) * s[2]) + left + p.Column) * s[3]) + p.Channel]))]);
    }

    // Which row of the picture lies at the places -500 to 499, -1 standing for the constant: laid out by hand as the modes are drawn.
    private static int[] LaidOut(FillMode fill, int extent)
    {
        int[] row = [.. Enumerable.Range(0, extent)], mirrored = [.. row.Reverse()];
        int[] places = new int[1000];
        for (int i = 0; i < places.Length; i++)
        {
            int tile = (int)Math.Floor((i - 500) / (double)extent), within = i - 500 - (tile * extent);
            places[i] = fill switch
            {
                FillMode.Wrap => row[within],
                FillMode.Reflect => tile % 2 == 0 ? row[within] : mirrored[within],
                FillMode.Nearest => tile < 0 ? 0 : tile > 0 ? extent - 1 : within,
                _ => tile == 0 ? within : -1,
            };
        }

        return places;
    }

    private static NDArray Pictures(int batch, int height, int width, int channels)
    {
        float[] values = new float[batch * height * width * channels];
        Philox.FillUniform(new RandomKey(12, (ulong)values.Length), 0, values);
        return NDArray.From((batch, height, width, channels), values);
    }
}
