using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;
using Numerics.Tests.Conformance;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>Training with captured steps gives the bits of training without.</summary>
public sealed class JitCompileTests : SimulatedDefault
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void Fit_gives_the_same_weights_and_history(int stepsPerExecution, bool isWeighted)
    {
        // 18 examples in batches of 4: the last batch of an epoch is a shorter one.
        NDArray x = TinyNetwork.Pictures(18, 5), y = TinyNetwork.Labels(18);
        Dictionary<int, float>? classWeight = isWeighted ? new() { [0] = 3, [2] = 0.5f } : null;
        (float[], double[]) Train(bool jitCompile)
        {
            RandomGenerator.SetSeed(3);
            using Sequential model = TinyNetwork.Create();
            model.Compile(
                new Adam { GlobalClipNorm = 1 }, new CategoricalFocalLoss(), [new CategoricalAccuracy()], stepsPerExecution: stepsPerExecution,
                jitCompile: jitCompile);
            History history = model.Fit(x, y, batchSize: 4, epochs: 3, classWeight: classWeight, verbose: 0);
            return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], [.. history["loss"], .. history["accuracy"]]);
        }

        var (weights, history) = Train(jitCompile: false);
        Assert.Equal(0, Api.GraphLaunches);
        var (capturedWeights, capturedHistory) = Train(jitCompile: true);

        // Of the four whole batches of the first epoch the last two, and all of the others.
        Assert.Equal(2 + 4 + 4, Api.GraphLaunches);
        Assert.Equal(weights, capturedWeights);
        Assert.Equal(history, capturedHistory);
    }

    [Fact]
    public void A_product_that_stays_pending_is_that_of_the_step_at_hand()
    {
        // Extents that the kernel for Adam with the product inside takes, and a kernel large enough for it.
        NDArray[] x = [.. Enumerable.Range(0, 5).Select(step => Noise((8, 512), (ulong)step))], y = [.. Enumerable.Range(0, 5).Select(_ => TinyNetwork.Labels(8))];
        float[] Train(bool jitCompile, float? clipNorm)
        {
            RandomGenerator.SetSeed(3);
            using var model = new Sequential { new Dense(512, activation: Activation.Relu), new Dense(3, activation: Activation.Softmax) };
            model.Compile(new Adam { ClipNorm = clipNorm }, new CategoricalCrossentropy(), jitCompile: jitCompile);
            for (int step = 0; step < x.Length; step++)
                _ = model.TrainOnBatch(x[step], y[step]);
            return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        }

        Assert.Equal(Train(jitCompile: false, null), Train(jitCompile: true, null));
        Assert.Contains("adam_of_product", Api.ExecutedKernels);
        Assert.Equal(Train(jitCompile: false, 0.1f), Train(jitCompile: true, 0.1f));
    }

    [Fact]
    public void What_changes_between_steps_is_captured_anew()
    {
        float[] Train(bool jitCompile)
        {
            RandomGenerator.SetSeed(3);
            using Sequential model = TinyNetwork.Create();
            model.Compile(new Adam(), new CategoricalFocalLoss(), jitCompile: jitCompile);
            for (int step = 0; step < 12; step++)
            {
                if (step == 5)
                    model.Layers[0].Trainable = false;
                _ = model.TrainOnBatch(TinyNetwork.Pictures(4, (ulong)step), TinyNetwork.Labels(4));
            }

            return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        }

        Assert.Equal(Train(jitCompile: false), Train(jitCompile: true));
    }

    [Fact]
    public void Several_outputs_report_their_losses()
    {
        IReadOnlyDictionary<string, double>[] Train(bool jitCompile)
        {
            RandomGenerator.SetSeed(3);
            KerasTensor input = new Input((16));
            KerasTensor shared = new Dense(8, activation: Activation.Relu).Call(input);
            using var model = new Model([input], [new Dense(3, activation: Activation.Softmax, name: "kind").Call(shared), new Dense(1, name: "age").Call(shared)]);
            model.Compile(new Adam(), [new CategoricalCrossentropy(), new MeanSquaredError()], jitCompile: jitCompile);
            return [.. Enumerable.Range(0, 6).Select(step =>
            {
                using var scope = new TensorScope();
                return model.TrainOnBatch(new TensorBatch(
                    [Tensor.From(Noise((8, 16), (ulong)step))], [Tensor.From(TinyNetwork.Labels(8)), Tensor.From(Noise((8, 1), 9))]));
            })];
        }

        IReadOnlyDictionary<string, double>[] expected = Train(jitCompile: false);
        Assert.Contains("age_loss", expected[^1].Keys);
        Assert.Equal(expected, Train(jitCompile: true));
    }

    [Fact]
    public void A_layer_that_works_on_the_host_is_refused_with_the_reason()
    {
        using var model = new Sequential { new RandomFlip(), new Flatten(), new Dense(3, activation: Activation.Softmax) };
        model.Compile(new Adam(), new CategoricalFocalLoss(), jitCompile: true);
        void Step() => _ = model.TrainOnBatch(TinyNetwork.Pictures(4, 1), TinyNetwork.Labels(4));
        for (int step = 0; step < 3; step++)
            Step();
        Assert.Contains("jitCompile", Assert.Throws<InvalidOperationException>(Step).Message, StringComparison.Ordinal);
    }

    private static NDArray Noise(Shape shape, ulong seed)
    {
        var noise = new NDArray(shape);
        Philox.FillUniform(new RandomKey(seed, 78), 0, noise.AsSpan<float>());
        return noise;
    }
}
