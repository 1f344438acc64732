using Numerics.Backends.Cpu;
using Numerics.CudaSimulator;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>
/// In bfloat16, what a block of convolution, ReLU and pooling gives to the next is stored in bfloat16, and so are the gradients on their
/// way back; who reads it otherwise finds single precision.
/// </summary>
public sealed class NarrowStorageTests : BrainFloatTests
{
    // Half a unit in the last of bfloat16's 8 binary digits, and of TF32's 11 in both factors of a product.
    private const double Unit = 1.0 / 256, ColourUnit = 2.0 / 2048;

    // What sums of some hundred terms in single precision lose, relative to their sizes.
    private const double SumUnit = 2e-5;

    private ulong _stream;

    [Theory]
    [InlineData(3, 16, 32, 15, 13, Padding.Valid)]
    [InlineData(1, 32, 64, 9, 12, Padding.Same)]
    [InlineData(2, 64, 16, 8, 7, Padding.Same)]
    [InlineData(3, 16, 24, 11, 10, Padding.Valid)]
    [InlineData(16, 48, 16, 7, 10, Padding.Same)]
    [InlineData(8, 16, 16, 8, 9, Padding.Same)]
    [InlineData(3, 8, 16, 10, 8, Padding.Same)]
    public void Two_blocks_are_within_the_rounding_of_a_double_reference(int colours, int channels, int outputs, int height, int width, Padding padding)
    {
        using var scope = new TensorScope();
        Tensor x = Normal((2, height, width, colours)), kernel1 = Normal((3, 3, colours, channels)), bias1 = Normal(channels);
        Tensor kernel2 = Normal((3, 3, channels, outputs)), bias2 = Normal(outputs);
        (Conv2DGeometry conv1, Pool2DGeometry pool1) = Geometry(x.Shape, kernel1.Shape, padding);
        (Conv2DGeometry conv2, Pool2DGeometry pool2) = Geometry(pool1.OutputShape, kernel2.Shape, padding);
        Tensor y1 = Poisoned(pool1.OutputShape), y2 = Poisoned(pool2.OutputShape), dy2 = Normal(pool2.OutputShape), dy1 = Poisoned(y1.Shape), dx = Poisoned(x.Shape);
        Tensor at1 = Tensor.Empty(Brain, y1.Shape, DType.UInt8), at2 = Tensor.Empty(Brain, y2.Shape, DType.UInt8);
        Tensor dkernel1 = Poisoned(kernel1.Shape), dkernel2 = Poisoned(kernel2.Shape), dbias1 = Poisoned(bias1.Shape), dbias2 = Poisoned(bias2.Shape);
        Brain.Conv2DBiasReluMaxPool(x, kernel1, bias1, conv1, pool1, y1, at1);
        Brain.Conv2DBiasReluMaxPool(y1, kernel2, bias2, conv2, pool2, y2, at2);
        Brain.Conv2DBiasReluMaxPoolGradient(y1, kernel2, y2, at2, dy2, conv2, pool2, dy1, dkernel2, dbias2);
        Brain.Conv2DBiasReluMaxPoolGradient(x, kernel1, y1, at1, dy1, conv1, pool1, colours > 3 ? dx : null, dkernel1, dbias1);
        Check(x, kernel1, bias1, y1, at1, dy1, colours > 3 ? dx : null, dkernel1, dbias1, conv1);
        Check(y1, kernel2, bias2, y2, at2, dy2, dy1, dkernel2, dbias2, conv2);
    }

    [Fact]
    public void Half_the_memory_holds_them_and_other_ops_read_single_precision()
    {
        using var scope = new TensorScope();
        Tensor x = Normal((1, 32, 32, 3)), kernel = Normal((3, 3, 3, 32)), bias = Normal(32);
        (long used, long reserved) = (Brain.UsedBytes, Brain.ReservedBytes);
        Tensor y = x.Conv2DReluMaxPool(kernel, bias, (1, 1), Padding.Same, (1, 1), 1, (2, 2), (2, 2), Padding.Valid);

        // The positions have a byte each.
        Assert.Equal(used + (3L * y.Count), Brain.UsedBytes);
        Assert.Equal(reserved + (3L * y.Count), Brain.ReservedBytes);
        Tensor twice = y.Reshape(16, 16, 32) * 2f;
        float[] values = y.ToArray();
        Assert.Contains(values, value => value > 0);
        Assert.All(values, value => Assert.Equal(BrainFloat.Round(value), value));
        Assert.Equal(values.Select(value => 2 * value), twice.ToArray());
    }

    [Fact]
    public void Between_the_layers_of_a_network_nothing_is_widened()
    {
        (float[] weights, string[] kernels) = Train(Brain, jitCompile: false);
        Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
        Assert.Equal(weights, Train(Brain, jitCompile: false).Weights);
        Assert.Equal(weights, Train(Brain, jitCompile: true).Weights);
        if (Api is SimulatedCudaApi)
        {
            Assert.Superset(
                new HashSet<string>
                {
                    "tensor_conv3x3_colours_narrow_16", "tensor_conv3x3_narrow_32", "tensor_conv3x3_narrow_64", "dense_few_rows_narrow",
                    "tensor_conv3x3_input_gradient_narrow_16", "tensor_conv3x3_input_gradient_narrow_32", "tensor_conv3x3_kernel_gradient_colours_narrow_16",
                    "tensor_conv3x3_kernel_gradient_narrow_32", "tensor_conv3x3_kernel_gradient_narrow_64", "adam_of_product_narrow",
                },
                new HashSet<string>(kernels));
            Assert.DoesNotContain("cast_bfloat16_float32", kernels);
        }

        // The same training in single precision: Adam's first steps are as long whatever the gradient, so weights of small gradients part.
        using var cpu = new CpuBackend(1);
        float[] expected = Train(cpu, jitCompile: false).Weights;
        double distance = expected.Zip(weights, (a, b) => Math.Pow(a - b, 2)).Sum(), norm = expected.Sum(a => Math.Pow(a, 2));
        Assert.InRange(Math.Sqrt(distance / norm), 1e-6, 0.05);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void Dense_layers_read_them(int outputs)
    {
        using var scope = new TensorScope();
        Tensor x = Normal((3, 13, 12, 3)), y = Block(x), kernel = Normal((6 * 6 * 16, outputs)), bias = Normal(outputs);
        Tensor dense = y.Reshape(3, -1).Dense(kernel, bias);
        Brain.Synchronize();
        if (Api is SimulatedCudaApi simulator)
        {
            // One of few outputs rounds no operand: it computes in single precision.
            Assert.DoesNotContain("cast_bfloat16_float32", simulator.ExecutedKernels);
            if (outputs == 2)
                Assert.Contains("dense_few_outputs_narrow", simulator.ExecutedKernels);
        }

        float[] inputs = y.ToArray(), weights = outputs == 2 ? kernel.ToArray() : BrainFloat.Round(kernel.ToArray()), offsets = bias.ToArray(), actual = dense.ToArray();
        int ins = inputs.Length / 3;
        for (int i = 0; i < actual.Length; i++)
        {
            double sum = offsets[i % outputs], size = Math.Abs(sum);
            for (int k = 0; k < ins; k++)
            {
                double term = (double)inputs[(i / outputs * ins) + k] * weights[(k * outputs) + (i % outputs)];
                (sum, size) = (sum + term, size + Math.Abs(term));
            }

            Assert.InRange(actual[i], sum - (SumUnit * size), sum + (SumUnit * size));
        }
    }

    [Fact]
    public void Dropout_keeps_them()
    {
        using var scope = new TensorScope();
        var key = new RandomKey(3, 4);
        Tensor y = Block(Normal((1, 13, 12, 3))), dropped = y.Dropout(0.3f, key);
        Assert.Equal(BrainFloat.Round(Tensor.From(y.Shape, y.ToArray()).Dropout(0.3f, key).ToArray()), dropped.ToArray());
        if (Api is SimulatedCudaApi simulator)
            Assert.Contains("dropout_narrow", simulator.ExecutedKernels);
    }

    [Fact]
    public void What_captured_work_writes_is_read_anew_after_every_launch()
    {
        using var scope = new TensorScope();
        var x = new Variable("x", Normal((1, 12, 12, 3)), trainable: false);
        Tensor kernel = Normal((3, 3, 3, 16)), bias = Normal(16), before = Block(x.Value, kernel, bias);
        float[] earlier = Block(x.Value, kernel, bias).ToArray();
        Tensor? y = null, twice = null, twiceBefore = null;

        // One that was narrow, then read, before captured work writes it.
        (Conv2DGeometry conv, Pool2DGeometry pool) = Geometry(x.Value.Shape, kernel.Shape, Padding.Same);
        Tensor written = Poisoned(pool.OutputShape), places = Tensor.Empty(Brain, pool.OutputShape, DType.UInt8);
        Brain.Conv2DBiasReluMaxPool(x.Value, kernel, bias, conv, pool, written, places);
        Assert.Equal(earlier, written.ToArray());
        using CapturedWork work = Brain.Capture(() =>
        {
            Brain.Conv2DBiasReluMaxPool(x.Value, kernel, bias, conv, pool, written, places);
            y = Block(x.Value, kernel, bias);
            twice = Block(x.Value, kernel, bias) * 2f;
            twiceBefore = before * 2f;
        })!;
        for (int launch = 0; launch < 3; launch++)
        {
            x.Assign(Normal((1, 12, 12, 3)));
            float[] expected = Block(x.Value, kernel, bias).ToArray();
            work.Launch();
            Assert.Equal(expected, y!.ToArray());
            Assert.Equal(expected, (y + 0f).ToArray());
            Assert.Equal(expected, written.ToArray());
            Assert.Equal(expected.Select(value => 2 * value), twice!.ToArray());
            Assert.Equal(earlier.Select(value => 2 * value), twiceBefore!.ToArray());
            Assert.Equal(earlier, before.ToArray());
        }

        x.Dispose();
    }

    private static (float[] Weights, string[] Kernels) Train(Backend backend, bool jitCompile)
    {
        Backend previous = Backend.Default;
        Backend.Default = backend;
        try
        {
            RandomGenerator.SetSeed(7);
            using var model = new Sequential
            {
                new Conv2D(16, 3, activation: Activation.Relu, padding: Padding.Same), new MaxPooling2D(2),
                new Conv2D(32, 3, activation: Activation.Relu, padding: Padding.Same), new MaxPooling2D(2),
                new Conv2D(64, 3, activation: Activation.Relu, padding: Padding.Same), new MaxPooling2D(2),
                new Flatten(),
                new Dense(32, activation: Activation.Relu),
                new Dense(2, activation: Activation.Softmax),
            };
            model.Compile(new Adam(), new CategoricalFocalLoss(), jitCompile: jitCompile);
            for (int step = 0; step < 4; step++)
            {
                var x = new NDArray((2, 49, 51, 3));
                Philox.FillUniform(new RandomKey((ulong)step, 78), 0, x.AsSpan<float>());
                _ = model.TrainOnBatch(x, NDArray.From((2, 2), [1f, 0, 0, 1]));
            }

            string[] kernels = backend is CudaBackend { Api: SimulatedCudaApi simulator } ? [.. simulator.ExecutedKernels] : [];
            return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], kernels);
        }
        finally
        {
            Backend.Default = previous;
        }
    }

    private static (Conv2DGeometry Conv, Pool2DGeometry Pool) Geometry(Shape x, Shape kernel, Padding padding)
    {
        var conv = new Conv2DGeometry(x, kernel, (1, 1), padding, (1, 1), 1);
        return (conv, new Pool2DGeometry(conv.OutputShape, (2, 2), (2, 2), Padding.Valid));
    }

    // Against sums in double precision of the numbers as they are stored, and as bfloat16 rounds them where it takes part.
    private static void Check(
        Tensor x, Tensor kernel, Tensor bias, Tensor y, Tensor argMax, Tensor dy, Tensor? dx, Tensor dkernel, Tensor dbias, Conv2DGeometry g)
    {
        // Channels that do not come sixteen at a time are multiplied in TF32, which is exact for what is stored in bfloat16.
        bool isBrain = g.InChannels % 16 == 0, isColours = g.InChannels <= 3, isBrainBack = g.OutChannels % 16 == 0;
        bool hasKernelGradient = (isBrain || isColours) && isBrainBack;
        float[] inputs = x.ToArray(), weights = kernel.ToArray(), outer = dy.ToArray(), outputs = y.ToArray(), places = argMax.Cast(DType.Float32).ToArray();
        float[] weightsForward = isBrain ? BrainFloat.Round(weights) : weights, inputsRounded = isColours ? inputs : BrainFloat.Round(inputs);
        double operandUnit = isBrain ? SumUnit : ColourUnit;
        int height = g.OutHeight / 2, width = g.OutWidth / 2, outs = g.OutChannels;
        var sums = new double[g.Batch * g.OutHeight * g.OutWidth * outs];
        var sizes = new double[sums.Length];
        Taps(g, (input, output, weight) =>
        {
            double term = (double)inputsRounded[input] * weightsForward[weight];
            sums[output] += term;
            sizes[output] += Math.Abs(term);
        });
        float[] offsets = bias.ToArray();
        var gradient = new double[sums.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            int channel = i % outs, column = i / outs % width, row = i / outs / width % height, image = i / outs / width / height;
            double greatest = 0, slack = 0;
            for (int place = 0; place < 4; place++)
            {
                int at = Position(image, row, column, place, channel);
                greatest = Math.Max(greatest, sums[at] + offsets[channel]);
                slack = Math.Max(slack, (operandUnit * sizes[at]) + (SumUnit * Math.Abs(offsets[channel])));
            }

            double bound = slack + (Unit * (greatest + slack));
            Assert.InRange(outputs[i], greatest - bound, greatest + bound);
            Assert.Equal(BrainFloat.Round(outputs[i]), outputs[i]);
            int winner = Position(image, row, column, (int)places[i], channel);
            Assert.InRange(Math.Max(0, sums[winner] + offsets[channel]), greatest - (2 * slack), greatest);
            if (outputs[i] > 0)
                gradient[winner] = BrainFloat.Round(outer[i]);
        }

        var dweights = new double[weights.Length];
        var dweightSizes = new double[weights.Length];
        var dinputs = new double[inputs.Length];
        var dinputSizes = new double[inputs.Length];
        float[] weightsBack = isBrainBack ? BrainFloat.Round(weights) : weights;
        Taps(g, (input, output, weight) =>
        {
            double dw = inputsRounded[input] * gradient[output], dv = weightsBack[weight] * gradient[output];
            dweights[weight] += dw;
            dweightSizes[weight] += Math.Abs(dw);
            dinputs[input] += dv;
            dinputSizes[input] += Math.Abs(dv);
        });

        // The library gives the kernel's gradient in bfloat16, and reads colours so.
        double kernelUnit = !hasKernelGradient ? 3 * Unit : isColours ? ColourUnit : SumUnit;
        float[] actualWeights = dkernel.ToArray(), actualBias = dbias.ToArray();
        for (int i = 0; i < dweights.Length; i++)
            Assert.InRange(actualWeights[i], dweights[i] - (kernelUnit * dweightSizes[i]), dweights[i] + (kernelUnit * dweightSizes[i]));
        for (int channel = 0; channel < outs; channel++)
        {
            double sum = 0, size = 0;
            for (int i = channel; i < gradient.Length; i += outs)
                (sum, size) = (sum + gradient[i], size + Math.Abs(gradient[i]));
            Assert.InRange(actualBias[channel], sum - (SumUnit * size), sum + (SumUnit * size));
        }

        if (dx is null)
            return;
        float[] actual = dx.ToArray();
        for (int i = 0; i < actual.Length; i++)
        {
            double bound = ((isBrainBack ? SumUnit : ColourUnit) * dinputSizes[i] * (1 + Unit)) + (Unit * Math.Abs(dinputs[i]));
            Assert.InRange(actual[i], dinputs[i] - bound, dinputs[i] + bound);
            Assert.Equal(BrainFloat.Round(actual[i]), actual[i]);
        }

        int Position(int image, int row, int column, int place, int channel) =>
            (((((image * g.OutHeight) + (row * 2) + (place / 2)) * g.OutWidth) + (column * 2) + (place % 2)) * outs) + channel;
    }

    private static void Taps(Conv2DGeometry g, Action<int, int, int> each)
    {
        for (int output = 0; output < g.Batch * g.OutHeight * g.OutWidth * g.OutChannels; output++)
        {
            int channel = output % g.OutChannels, column = output / g.OutChannels % g.OutWidth;
            int row = output / g.OutChannels / g.OutWidth % g.OutHeight, image = output / g.OutChannels / g.OutWidth / g.OutHeight;
            for (int tap = 0; tap < 9; tap++)
            {
                int r = row + (tap / 3) - g.PadTop, c = column + (tap % 3) - g.PadLeft;
                if (r < 0 || r >= g.InHeight || c < 0 || c >= g.InWidth)
                    continue;
                for (int input = 0; input < g.InChannels; input++)
                    each((((((image * g.InHeight) + r) * g.InWidth) + c) * g.InChannels) + input, output, (((tap * g.InChannels) + input) * g.OutChannels) + channel);
            }
        }
    }

    private static Tensor Block(Tensor x, Tensor kernel, Tensor bias) =>
        x.Conv2DReluMaxPool(kernel, bias, (1, 1), Padding.Same, (1, 1), 1, (2, 2), (2, 2), Padding.Valid);

    private Tensor Block(Tensor x) => Block(x, Normal((3, 3, 3, 16)), Normal(16));

    private Tensor Normal(Shape shape) => Tensor.RandomNormal(shape, 0, 1, new RandomKey(5, _stream++), Brain);

    private Tensor Poisoned(Shape shape) => Tensor.Full(shape, float.NaN, Brain);
}
