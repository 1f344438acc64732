using Numerics.CudaSimulator;
using Numerics.CudaSimulator.Ptx;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>
/// Ops on numbers that are stored in bfloat16. Each has to give to the last bit what it gives for the same numbers in single precision, where
/// the conformance suite compares it with a reference: rounded once, where the result is stored in bfloat16, too.
/// </summary>
public sealed class RoundedOpTests : BrainFloatTests
{
    private readonly TensorScope _scope = new();
    private ulong _stream;

    public static TheoryData<string> Names => [.. AllCases().Select(test => test.Name).Distinct()];

    public override void Dispose()
    {
        _scope.Dispose();
        base.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void They_compute_what_they_compute_of_single_precision(string name)
    {
        foreach (Case test in AllCases().Where(test => test.Name == name))
            Check(test);
    }

    [Fact]
    public void Every_kernel_of_theirs_is_reached()
    {
        if (Api is not SimulatedCudaApi simulator)
            return;
        foreach (Case test in AllCases())
            _ = test.Run([.. test.Inputs.Select(Create)], Tensor.Empty(Brain, test.Output));
        Brain.Synchronize();
        KernelFamily[] narrow = [KernelFamily.NarrowElementwise, KernelFamily.NarrowFunctions, KernelFamily.NarrowReduce, KernelFamily.NarrowPooling, KernelFamily.NarrowNormalization];
        string[] all = [.. Names(narrow), .. Names([KernelFamily.Movement, KernelFamily.Convolution, KernelFamily.Random]).Where(name => name.EndsWith("_halves", StringComparison.Ordinal) || name.EndsWith("_narrow", StringComparison.Ordinal))];
        Assert.True(all.Length > 45);
        Assert.Empty(all.Except(simulator.ExecutedKernels));
        Assert.Equal(0, Brain.WidenedElements);

        static IEnumerable<string> Names(KernelFamily[] families) => families.SelectMany(family => PtxModule.Parse(KernelLibrary.Read(family)).Kernels.Keys);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void What_is_no_activation_gives_single_precision(int count)
    {
        Tensor x = Rounded(count), y = Numbers(count);
        foreach (Tensor result in new[] { x.Sigmoid(), x.Exp(), x.Square(), x.Softmax(0), x - y, y * x, x.Equal(y), x.Maximum(y), x.Sum(), x.Reshape(1, count).MatMul(Numbers((count, 3))) })
            Assert.False(IsRounded(result));
        foreach (Tensor result in new[] { x.Relu(), x.Softplus(), x.Abs(), x.Equal(x), x.Maximum(x), x * 2f, -x, x + x, x / 3f, x * Numbers(1), Rounded(1) * x, x.Reshape(1, count).Dropout(0.5f, new RandomKey(1, 1)) })
            Assert.True(IsRounded(result));
        Assert.Equal(x.ToArray().Select(value => value * value), x.Square().ToArray());
    }

    [Fact]
    public void Special_values_stay()
    {
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 1e-40f, 3e38f, -2, 0, 1];
        Tensor x = Round(Tensor.From(special.Length, special, Brain));
        float[] values = x.ToArray();
        Assert.True(float.IsNaN(values[0]));
        Assert.Equal([float.PositiveInfinity, float.NegativeInfinity, -0f], values[1..4]);
        foreach (Func<Tensor, Tensor> function in new Func<Tensor, Tensor>[] { v => v.Relu(), v => v.Clip(0, 6), v => v.Tanh(), v => v.Gelu(), v => v + v, v => v * v })
        {
            Tensor y = function(x);
            Assert.True(IsRounded(y));
            Assert.Equal(function(Wide(x)).ToArray().Select(value => float.IsNaN(value) ? value : BrainFloat.Round(value)), y.ToArray());
        }
    }

    [Fact]
    public void A_part_of_memory_is_read_and_written_as_all_of_it()
    {
        Tensor all = Rounded((5, 3, 8));
        Tensor wide = Wide(all);
        foreach (int first in new[] { 1, 2 })
        {
            Tensor part = Rows(all, first, 2), same = Rows(wide, first, 2);
            Assert.Equal(BrainFloat.Round((same * 3f).ToArray()), (part * 3f).ToArray());
            Assert.Equal(BrainFloat.Round((same + Rows(wide, 0, 2)).ToArray()), (part + Rows(all, 0, 2)).ToArray());
            Assert.Equal(same.Sum(0).ToArray(), part.Sum(0).ToArray());
            Assert.Equal(same.ToArray(), part.ToArray());
        }

        // A result that is a part of something is rounded as another would be, but what is beside it decides how it is stored.
        Tensor target = Numbers((5, 3, 8));
        float[] before = target.ToArray();
        Brain.Unary(new UnaryOp(UnaryKind.Affine, 3), Rows(all, 1, 2), Rows(target, 2, 2));
        Assert.False(IsRounded(target));
        Assert.Equal([.. before[..48], .. BrainFloat.Round((Rows(wide, 1, 2) * 3f).ToArray()), .. before[96..]], target.ToArray());

        // And a part of what is rounded may be written in single precision.
        float[] rounded = all.ToArray();
        Tensor row = Numbers((1, 3, 8));
        Brain.Copy(row, Rows(all, 4, 1));
        Assert.False(IsRounded(all));
        Assert.Equal([.. rounded[..96], .. row.ToArray()], all.ToArray());
    }

    [Fact]
    public void Joined_tensors_are_rounded_where_all_are()
    {
        Tensor a = Rounded((2, 3, 5)), b = Rounded((2, 3, 2)), c = Numbers((2, 3, 4));
        Tensor both = Tensor.Concat([a, b], 2), mixed = Tensor.Concat([a, b, c], 2), other = Tensor.Concat([c, a], 2);
        Assert.True(IsRounded(both));
        Assert.False(IsRounded(mixed));
        Assert.False(IsRounded(other));
        Assert.Equal(Tensor.Concat([Wide(a), Wide(b)], 2).ToArray(), both.ToArray());
        Assert.Equal(Tensor.Concat([Wide(a), Wide(b), c], 2).ToArray(), mixed.ToArray());
        Assert.Equal(Tensor.Concat([c, Wide(a)], 2).ToArray(), other.ToArray());
        Tensor padded = a.Pad(2, 1, 2), sliced = both.Slice(2, 3, 3);
        Assert.True(IsRounded(padded));
        Assert.True(IsRounded(sliced));
        Assert.Equal(Wide(a).Pad(2, 1, 2).ToArray(), padded.ToArray());
        Assert.Equal(Wide(both).Slice(2, 3, 3).ToArray(), sliced.ToArray());
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public void A_bias_behind_a_convolution_of_the_library_is_added_to_rounded_sums(int channels, bool relu)
    {
        Tensor x = Numbers((2, 4, 5, 3)), kernel = Numbers((2, 1, 3, channels)), bias = Numbers(channels);
        float[] sums = x.Conv2D(kernel).ToArray(), offsets = bias.ToArray();
        Tensor y = x.Conv2D(kernel, bias, relu: relu);
        Assert.True(IsRounded(y));
        Assert.Equal(BrainFloat.Round(sums), sums);
        Assert.Equal(sums.Select((sum, i) => BrainFloat.Round(relu ? Math.Max(sum + offsets[i % channels], 0) : sum + offsets[i % channels])), y.ToArray());
    }

    [Fact]
    public void Optimizers_write_in_single_precision()
    {
        Tensor weights = Rounded(9), same = Wide(weights), gradient = Numbers(9);
        _ = weights.ToArray();
        Brain.SgdUpdate(weights, gradient, null, new SgdStep(0.1f, 0, false));
        Brain.SgdUpdate(same, gradient, null, new SgdStep(0.1f, 0, false));
        Assert.False(IsRounded(weights));
        Assert.Equal(same.ToArray(), weights.ToArray());
    }

    private static IEnumerable<Case> AllCases()
    {
        UnaryKind[] activations =
        [
            UnaryKind.Affine, UnaryKind.Clip, UnaryKind.Abs, UnaryKind.Sign, UnaryKind.Relu, UnaryKind.LeakyRelu, UnaryKind.Elu, UnaryKind.Gelu, UnaryKind.Silu,
            UnaryKind.Softplus, UnaryKind.Tanh,
        ];
        foreach (UnaryKind kind in activations)
        {
            foreach (int count in new[] { 1, 7, 8, 43 })
            {
                var op = new UnaryOp(kind, -0.75f, 0.5f);
                yield return new Case($"{kind}", [count], count, true, (b, x, y) => b.Unary(op, x[0], y));
                yield return new Case($"{kind} gradient", [count, count, count], count, true, (b, x, y) => b.UnaryGradient(op, x[0], x[1], x[2], y));
            }
        }

        // What gives single precision of rounded numbers, and a rounded gradient of either.
        foreach (UnaryKind kind in Enum.GetValues<UnaryKind>().Except(activations))
        {
            foreach (int count in new[] { 1, 7, 8, 43 })
            {
                var op = new UnaryOp(kind, -0.75f, 0.5f);
                Input x = new(count, IsPositive: true), wide = new(count, IsRounded: false, IsPositive: true);
                yield return new Case($"{kind}", [x], count, false, (b, x, y) => b.Unary(op, x[0], y));
                foreach (Input outer in new[] { x, wide })
                    yield return new Case($"{kind} gradient", [x, wide, outer], count, true, (b, x, y) => b.UnaryGradient(op, x[0], x[1], x[2], y));
            }
        }

        foreach (BinaryOp op in new[] { BinaryOp.Add, BinaryOp.Subtract, BinaryOp.Multiply, BinaryOp.Divide, BinaryOp.AddRelu })
        {
            foreach ((Input a, Input b) in new (Input, Input)[] { (51, new(51, false)), (new(8, false), 8), (1, new(7, false)), ((2, 1, 8), new((2, 3, 8), false)), (new((2, 3, 5), false), 5) })
            {
                Shape output = Shape.Broadcast(a.Shape, b.Shape);
                yield return new Case($"{op} with single precision", [a, b], output, false, (backend, x, y) => backend.Binary(op, x[0], x[1], y));
            }
        }

        foreach (BinaryOp op in Enum.GetValues<BinaryOp>().Where(op => op != BinaryOp.Power))
        {
            foreach ((Input a, Input b) in new (Input, Input)[]
                {
                    (1, 1), (7, 7), ((2, 3, 4), (2, 3, 4)), (51, 51), (51, new(1, false)), (new(1, false), 8), (1, 8),
                    ((2, 3, 8), new(8, false)), (new(8, false), (2, 3, 8)), ((2, 3, 8), 8), ((2, 3, 5), new(5, false)), ((2, 3, 4, 8), new((2, 1, 1, 8), false)), ((2, 3, 4, 8), (2, 1, 1, 8)), ((2, 3, 4, 5), (2, 3, 4, 1)),
                })
            {
                Shape output = Shape.Broadcast(a.Shape, b.Shape);
                yield return new Case($"{op}", [a, b], output, true, (backend, x, y) => backend.Binary(op, x[0], x[1], y));
            }
        }

        foreach (ReduceOp op in Enum.GetValues<ReduceOp>())
        {
            foreach (Shape shape in new Shape[] { (2, 9, 5), (1, 1, 8), (3, 17, 64), (2, 11, 70), (1, 1100, 66), (1, 9, 67), (3, 5, 1), (2, 5000, 1) })
                yield return new Case($"{op}", [shape], (shape[0], shape[2]), false, (b, x, y) => b.Reduce(op, x[0], y));
        }

        foreach (Shape shape in new Shape[] { (9, 5), (2, 8), (600, 8), (35, 64), (520, 70) })
        {
            Input channels = new(shape[1], false);
            foreach (bool relu in new[] { false, true })
            {
                yield return new Case("BatchNormalization", [shape, channels, channels], shape, true, (b, x, y) =>
                {
                    Tensor mean = Tensor.Empty(b, shape[1]), variance = Tensor.Empty(b, shape[1]);
                    b.BatchNormalization(x[0], x[1], x[2], 1e-3f, relu, y, mean, variance);
                    return [mean, variance];
                });
                yield return new Case("BatchNormalization gradient", [shape, channels, shape, shape], shape, true, (b, x, y) =>
                {
                    Tensor dgamma = Tensor.Empty(b, shape[1]), dbeta = Tensor.Empty(b, shape[1]);
                    Tensor mean = Tensor.RandomNormal(shape[1], 0, 1, new RandomKey(3, 1), b), variance = Tensor.RandomUniform(shape[1], 0.5f, 2, new RandomKey(3, 2), b);
                    b.BatchNormalizationGradient(x[0], x[1], mean, variance, 1e-3f, relu ? x[2] : null, x[3], y, dgamma, dbeta);
                    return [dgamma, dbeta];
                });
                yield return new Case("ScaleShift", [shape, channels, channels], shape, true, (b, x, y) => b.ScaleShift(x[0], x[1], x[2], relu, y));
            }
        }

        foreach ((int channels, int window, int stride, Padding padding) in new[] { (8, 2, 2, Padding.Valid), (5, 2, 2, Padding.Same), (8, 3, 2, Padding.Same), (5, 3, 1, Padding.Valid), (16, 17, 17, Padding.Same), (3, 17, 1, Padding.Same) })
        {
            var pool = new Pool2DGeometry((2, 9, 7, channels), (window, window), (stride, stride), padding);
            Shape full = (2, 9, 7, channels);
            yield return new Case("MaxPool2D", [full], pool.OutputShape, true, (b, x, y) =>
            {
                Tensor places = Tensor.Empty(b, pool.OutputShape, pool.ArgMaxType);
                b.MaxPool2D(x[0], pool, y, places);
                return [places.Cast(DType.Float32)];
            });
            yield return new Case("MaxPool2D gradient", [pool.OutputShape], full, true, (b, x, y) =>
            {
                Tensor places = Tensor.Empty(b, pool.OutputShape, pool.ArgMaxType);
                b.MaxPool2D(Tensor.RandomNormal(full, 0, 1, new RandomKey(3, 3), b), pool, Tensor.Empty(b, pool.OutputShape), places);
                b.MaxPool2DGradient(x[0], places, pool, y);
            });
            yield return new Case("AveragePool2D", [full], pool.OutputShape, true, (b, x, y) => b.AveragePool2D(x[0], pool, y));
            yield return new Case("AveragePool2D gradient", [pool.OutputShape], full, true, (b, x, y) => b.AveragePool2DGradient(x[0], pool, y));

            // A convolution that the library computes, with the rest of the block behind it.
            var behind = new Pool2DGeometry((2, 8, 7, 8), (window, window), (stride, stride), padding);
            yield return new Case("Conv2DBiasReluMaxPool", [full, new((2, 1, channels, 8), false), new(8, false)], behind.OutputShape, true, (b, x, y) =>
            {
                var conv = new Conv2DGeometry(x[0].Shape, x[1].Shape, (1, 1), Padding.Valid, (1, 1), 1);
                Tensor places = Tensor.Empty(b, behind.OutputShape, behind.ArgMaxType);
                b.Conv2DBiasReluMaxPool(x[0], x[1], x[2], conv, behind, y, places);
                return [places.Cast(DType.Float32)];
            });
        }

        foreach (int count in new[] { 1, 3, 4, 42 })
            yield return new Case("Dropout", [count], count, true, (b, x, y) => b.Dropout(x[0], 0.3f, new RandomKey(4, 4), y));
        yield return new Case("Broadcast", [(3, 1, 5)], (3, 2, 5), true, (b, x, y) => b.Broadcast(x[0], y));
        yield return new Case("Broadcast", [(3, 1, 8)], (3, 2, 8), true, (b, x, y) => b.Broadcast(x[0], y));
        yield return new Case("Broadcast", [(3, 2, 1)], (3, 2, 16), true, (b, x, y) => b.Broadcast(x[0], y));
        yield return new Case("Broadcast", [(3, 2, 1)], (3, 2, 12), true, (b, x, y) => b.Broadcast(x[0], y));
        yield return new Case("Transpose", [(2, 3, 16)], (3, 2, 16), true, (b, x, y) => b.Transpose(x[0], [1, 0, 2], y));
        yield return new Case("Slice", [(2, 5, 16)], (2, 3, 16), true, (b, x, y) => b.Slice(x[0], 1, y));
        yield return new Case("Gather", [(2, 5, 8)], (2, 2, 8), true, (b, x, y) => b.Gather(x[0], Tensor.From(2, [4, 0], b), y));
        yield return new Case("Transpose", [(7, 35)], (35, 7), true, (b, x, y) => b.Transpose(x[0], [1, 0], y));
        yield return new Case("Transpose", [(2, 3, 4)], (3, 2, 4), true, (b, x, y) => b.Transpose(x[0], [1, 0, 2], y));
        yield return new Case("Slice", [(2, 5, 3)], (2, 3, 3), true, (b, x, y) => b.Slice(x[0], 1, y));
        yield return new Case("Gather", [(2, 5, 3)], (2, 2, 3), true, (b, x, y) => b.Gather(x[0], Tensor.From(2, [4, 0], b), y));

        // Convolutions that the library computes, with zeros on one side only and without, and own ones.
        foreach ((int channels, int outputs, int size, int stride) in new[] { (5, 6, 3, 2), (8, 8, 1, 1), (16, 16, 3, 1), (24, 16, 3, 1), (8, 24, 3, 1) })
        {
            var conv = new Conv2DGeometry((2, 8, 6, channels), (size, size, channels, outputs), (stride, stride), Padding.Same, (1, 1), 1);
            Shape input = (2, 8, 6, channels), kernel = (size, size, channels, outputs);
            yield return new Case("Conv2D", [input, new(kernel, false)], conv.OutputShape, true, (b, x, y) => b.Conv2D(x[0], x[1], conv, y));
            yield return new Case("Conv2DBias", [input, new(kernel, false), new(outputs, false)], conv.OutputShape, true, (b, x, y) => b.Conv2DBias(x[0], x[1], x[2], conv, true, y));
            yield return new Case("Conv2D input gradient", [conv.OutputShape, new(kernel, false)], input, true, (b, x, y) => b.Conv2DInputGradient(x[0], x[1], conv, y));
            yield return new Case("Conv2D kernel gradient", [input, conv.OutputShape], kernel, false, (b, x, y) => b.Conv2DKernelGradient(x[0], x[1], conv, y));
        }
    }

    private static bool IsRounded(Tensor x) => ((DeviceBuffer)x.Buffer).NarrowAddress != 0;

    private static Tensor Rows(Tensor x, int first, int count) =>
        new(x.Backend, x.Buffer, x.Shape.With(0, count), x.DType, x.ByteOffset + (4L * first * x.Shape.Product(1..)));

    private void Check(Case test)
    {
        Tensor[] inputs = [.. test.Inputs.Select(Create)], wide = [.. inputs.Select(Wide)];
        Tensor reference = Tensor.Full(test.Output, float.NaN, Brain);
        float[][] otherOutputs = [.. test.Run(wide, reference).Select(tensor => tensor.ToArray())];
        float[] expected = reference.ToArray(), stored = test.IsRounded ? BrainFloat.Round(expected) : expected;
        Assert.DoesNotContain(expected, float.IsNaN);
        Tensor wasRounded = Rounded(test.Output);
        long widened = Brain.WidenedElements;
        foreach (Tensor y in new[] { Tensor.Empty(Brain, test.Output), Tensor.Full(test.Output, float.NaN, Brain), wasRounded })
        {
            Tensor[] others = test.Run(inputs, y);
            Assert.Equal(test.IsRounded, IsRounded(y));
            if (y != wasRounded || test.IsRounded)
                Assert.Equal(widened, Brain.WidenedElements);
            Assert.Equal(stored, y.ToArray());
            Assert.Equal(otherOutputs, others.Select(tensor => tensor.ToArray()));
            widened = Brain.WidenedElements;
        }

        // Into what is rounded now, and has been read as single precision.
        _ = test.Run(wide, wasRounded);
        Assert.Equal(expected, wasRounded.ToArray());
    }

    private static Tensor Wide(Tensor x) => Tensor.From(x.Shape, x.ToArray(), x.Backend);

    private Tensor Numbers(Shape shape) => Tensor.RandomNormal(shape, 0, 1, new RandomKey(6, _stream++), Brain);

    private Tensor Rounded(Shape shape) => Round(Numbers(shape));

    // A convolution with 1 gives what it gets, in bfloat16.
    private Tensor Round(Tensor x) => x.Reshape(1, 1, -1, 1).Conv2D(Tensor.Ones((1, 1, 1, 1), Brain)).Reshape(x.Shape);

    private Tensor Create(Input input)
    {
        Tensor x = input.IsPositive ? Tensor.RandomUniform(input.Shape, 0.1f, 2, new RandomKey(7, _stream++), Brain) : Numbers(input.Shape);
        return input.IsRounded ? Round(x) : x;
    }

    private readonly record struct Input(Shape Shape, bool IsRounded = true, bool IsPositive = false)
    {
        public static implicit operator Input(Shape shape) => new(shape);

        public static implicit operator Input(int count) => new(count);

        public static implicit operator Input((int, int) shape) => new(shape);

        public static implicit operator Input((int, int, int) shape) => new(shape);

        public static implicit operator Input((int, int, int, int) shape) => new(shape);
    }

    private sealed record Case(string Name, Input[] Inputs, Shape Output, bool IsRounded, Func<Backend, Tensor[], Tensor, Tensor[]> Op)
    {
        public Case(string name, Input[] inputs, Shape output, bool isRounded, Action<Backend, Tensor[], Tensor> op)
            : this(name, inputs, output, isRounded, (b, x, y) =>
            {
                op(b, x, y);
                return [];
            })
        {
        }

        public Tensor[] Run(Tensor[] inputs, Tensor y) => Op(y.Backend, inputs, y);
    }
}
