using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed.Tests;

[Collection("random numbers")]
public class DataParallelTests
{
    private static readonly int[] s_sizes = [16, 16, 13, 3];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    public void WeightsDependOnTheNumberOfPartsAloneToTheLastBit(int size, bool factors)
    {
        var options = new DataParallelOptions { Shards = 4, GatherFactors = factors };
        var expected = Training.Fit(4, () => Batches.OfPictures(s_sizes), options with { Overlap = false, BucketBytes = 64 });
        var found = Training.Fit(size, () => Batches.OfPictures(s_sizes), options);
        Assert.All(expected.Concat(found), one => Assert.Equal(expected[0].Weights, one.Weights));
        Assert.All(expected.Concat(found), one => Assert.Equal(expected[0].History["loss"], one.History["loss"]));
        Assert.All(expected.Concat(found), one => Assert.Equal(expected[0].History["auc"], one.History["auc"]));
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(6, 1)]
    [InlineData(5, 1)]
    public void PartsMayBeOfAnyNumber(int shards, int size)
    {
        var options = new DataParallelOptions { Shards = shards };
        var expected = Training.Fit(shards, () => Batches.OfPictures(12, 7), options);
        var found = Training.Fit(size, () => Batches.OfPictures(12, 7), options);
        Assert.All(found, one => Assert.Equal(expected[0].Weights, one.Weights));
    }

    [Theory]
    [InlineData(2, false, false)]
    [InlineData(3, false, false)]
    [InlineData(2, true, false)]
    [InlineData(2, false, true)]
    [InlineData(3, true, true)]
    public void TrainingAgreesWithOneProcessUpToRounding(int size, bool factors, bool weights)
    {
        // Penalties of the whole batch, a batch that parts cannot share evenly, one with fewer rows than parts.
        Sequential Network(ulong seed) => Training.Network(
            seed, normalized: false, new CategoricalFocalLoss(0.25f, 2, 0.01f, 0.02f), regularizer: new L2(0.01f));
        var classWeight = weights ? new Dictionary<int, float> { [0] = 0.5f, [1] = 3 } : null;
        using Sequential alone = Network(5);
        (float[] expected, History history) = Training.Alone(Batches.OfPictures(s_sizes), alone, classWeight: classWeight);
        var found = Training.Fit(size, () => Batches.OfPictures(s_sizes), new DataParallelOptions { GatherFactors = factors }, Network, classWeight: classWeight);
        foreach ((int[] bits, History one) in found)
        {
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], BitConverter.Int32BitsToSingle(bits[i]), 1e-6);
            for (int epoch = 0; epoch < 2; epoch++)
            {
                Assert.Equal(history["loss"][epoch], one["loss"][epoch], 1e-6);
                Assert.Equal(history["accuracy"][epoch], one["accuracy"][epoch], 1e-12);
                Assert.Equal(history["auc"][epoch], one["auc"][epoch], 1e-6);
            }
        }
    }

    [Fact]
    public void CapturedStepsAreRefusedWhicheverWasAskedForFirst()
    {
        using Sequential model = Training.Network(1);
        using var group = new SingleProcessGroup();
        model.Compile(new SGD(), new CategoricalFocalLoss(), jitCompile: true);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => model.Strategy = new DataParallel(group));
        Assert.Contains("without jitCompile, or train it without DataParallel", error.Message, StringComparison.Ordinal);
        Assert.Null(model.Strategy);

        model.Compile(new SGD(), new CategoricalFocalLoss());
        model.Strategy = new DataParallel(group);
        Optimizer before = model.Optimizer!;
        error = Assert.Throws<InvalidOperationException>(() => model.Compile(new SGD(), new CategoricalFocalLoss(), jitCompile: true));
        Assert.Contains("jitCompile", error.Message, StringComparison.Ordinal);
        Assert.Same(before, model.Optimizer);
        Assert.False(model.JitCompile);

        model.Strategy = null;
        model.Compile(new SGD(), new CategoricalFocalLoss(), jitCompile: true);
        Assert.True(model.JitCompile);
    }

    [Fact]
    public void WhatALayerAddsForItsOutputsCountsAsTheMeanOverTheParts()
    {
        Sequential Network(ulong seed)
        {
            RandomGenerator.SetSeed(seed);
            var model = new Sequential { new Flatten(), new Dense(5) { ActivityRegularizer = new L2(0.1f) }, new Dense(2, activation: Activation.Softmax) };
            model.Build((Shape.Unknown, 6, 6, 2));
            model.Compile(new SGD(0.1f), new CategoricalCrossentropy(), metrics: [new CategoricalAccuracy()], weightedMetrics: [new AUC()]);
            return model;
        }

        using Sequential alone = Network(5);
        (float[] expected, History history) = Training.Alone(Batches.OfPictures(8, 8), alone);
        var found = Training.Fit(4, () => Batches.OfPictures(8, 8), new DataParallelOptions(), Network);
        Assert.All(found, one => Assert.Equal(history["loss"][1], one.History["loss"][1], 1e-6));
        Assert.All(found, one =>
        {
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], BitConverter.Int32BitsToSingle(one.Weights[i]), 1e-6);
        });
    }

    [Fact]
    public void MovingAveragesAreTheMeansOverThePartsWithRows()
    {
        // Of two rows and four parts, two parts have one each.
        DataItem batch = Batches.Pictures(2, 1);
        Sequential Network(ulong seed)
        {
            RandomGenerator.SetSeed(seed);
            var model = new Sequential { new BatchNormalization(momentum: 0.5f), new Flatten(), new Dense(2, activation: Activation.Softmax) };
            model.Build((Shape.Unknown, 6, 6, 2));
            model.Compile(new SGD(0), new CategoricalCrossentropy());
            return model;
        }

        var found = Training.Fit(4, () => new Batches(batch), new DataParallelOptions(), Network, epochs: 1);
        float[] x = batch.X.ToFloats();
        double mean = 0;
        for (int i = 0; i < 72; i++)
            mean += x[2 * i] / 72;
        using Sequential model = Network(1);
        int place = model.Variables.TakeWhile(variable => !variable.Name.EndsWith("moving_mean", StringComparison.Ordinal)).Sum(variable => variable.Shape.Size);
        Assert.All(found, one => Assert.Equal(mean / 2, BitConverter.Int32BitsToSingle(one.Weights[place]), 1e-6));
        Assert.All(found, one => Assert.Equal(found[0].Weights, one.Weights));
    }

    [Fact]
    public void CompressionChangesLittleAndProcessesAlike()
    {
        var exact = Training.Fit(2, () => Batches.OfPictures(16, 16), new DataParallelOptions());
        foreach (bool factors in (bool[])[false, true])
        {
            var found = Training.Fit(
                2, () => Batches.OfPictures(16, 16), new DataParallelOptions { Compression = Compression.BFloat16, GatherFactors = factors });
            Assert.Equal(found[0].Weights, found[1].Weights);
            Assert.NotEqual(exact[0].Weights, found[0].Weights);
            double difference = 0, size = 0;
            for (int i = 0; i < exact[0].Weights.Length; i++)
            {
                float a = BitConverter.Int32BitsToSingle(exact[0].Weights[i]), b = BitConverter.Int32BitsToSingle(found[0].Weights[i]);
                difference += (a - b) * (a - b);
                size += a * a;
            }

            Assert.InRange(Math.Sqrt(difference / size), 0, 1e-3);
        }
    }

    [Fact]
    public void FactorsOfALargeKernelAreFewerBytesThanItsGradient()
    {
        long Sent(bool factors)
        {
            Sequential[] models = [Training.Network(5), Training.Network(6)];
            return ThreadGroup.Run(2, group =>
            {
                Sequential model = models[group.Rank];
                using (model)
                {
                    model.Strategy = new DataParallel(group, new DataParallelOptions { GatherFactors = factors });
                    _ = model.Fit(Batches.OfPictures(8, 8), 1, verbose: 0);
                    long before = ((HostProcessGroup)group).SentBytes;
                    _ = model.Fit(Batches.OfPictures(8, 8, 8, 8), 1, verbose: 0);
                    return ((HostProcessGroup)group).SentBytes - before;
                }
            })[1];
        }

        // The kernel of 64×1,100 floats is 282 KB, its factors for four rows 19 KB; four steps each.
        Assert.InRange(Sent(factors: false) - Sent(factors: true), 4 * 250_000, 4 * 282_000);
    }

    [Fact]
    public void CallbacksThatWriteRunInTheFirstProcessOthersInAll()
    {
        var calls = new int[3, 2];
        string folder = Directory.CreateTempSubdirectory("numerics-distributed").FullName;
        try
        {
            _ = Training.Fit(3, () => Batches.OfPictures(6), new DataParallelOptions(), callbacks: rank =>
            [
                new CSVLogger(Path.Combine(folder, $"{rank}.csv")),
                new ModelCheckpoint(Path.Combine(folder, rank + "-{epoch:02d}.safetensors")),
                new LambdaCallback(onEpochEnd: (_, _) => calls[rank, 0]++),
            ]);
            Assert.Equal(["0-01.safetensors", "0-02.safetensors", "0.csv"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.Equal([2, 2, 2], Enumerable.Range(0, 3).Select(rank => calls[rank, 0]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void AllProcessesStopTogetherWhereOneIsToldTo()
    {
        Sequential[] models = [Training.Network(5), Training.Network(6)];
        using var stop = new CancellationTokenSource();
        int[] steps = ThreadGroup.Run(2, group =>
        {
            int done = 0;
            Sequential model = models[group.Rank];
            model.Strategy = new DataParallel(group);
            var count = new LambdaCallback(onTrainBatchEnd: (_, _) =>
            {
                if (++done == 3 && group.Rank == 1)
                    stop.Cancel();
            });
            _ = Assert.ThrowsAny<OperationCanceledException>(() => model.Fit(
                Batches.OfPictures(8, 8), 100, callbacks: [count], verbose: 0, cancellationToken: group.Rank == 1 ? stop.Token : default));
            return done;
        });
        Assert.Equal([3, 3], steps);
        Assert.Equal(Training.Weights(models[0]), Training.Weights(models[1]));
        foreach (Sequential model in models)
            model.Dispose();
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 1)]
    public void AnInterruptedRunGoesOnWithAnotherNumberOfProcessesToTheSameBits(int before, int after)
    {
        string folder = Directory.CreateTempSubdirectory("numerics-distributed").FullName;
        var options = new DataParallelOptions { Shards = 4 };
        try
        {
            var expected = Training.Fit(4, () => Batches.OfPictures(8, 8, 8), options, seed => Training.Network(seed, optimizer: new Adam(0.01f)), epochs: 3);
            Sequential[] models = [.. Enumerable.Range(0, before).Select(rank => Training.Network(5 + (ulong)rank, optimizer: new Adam(0.01f)))];
            using var stop = new CancellationTokenSource();
            _ = ThreadGroup.Run(before, group =>
            {
                models[group.Rank].Strategy = new DataParallel(group, options);
                var inTheMiddle = new LambdaCallback(onTrainBatchEnd: (batch, logs) =>
                {
                    if (models[group.Rank].Optimizer!.Iterations == 5)
                        stop.Cancel();
                });
                return Assert.ThrowsAny<OperationCanceledException>(() => models[group.Rank].Fit(
                    Batches.OfPictures(8, 8, 8), 3, callbacks: [inTheMiddle, new BackupAndRestore(folder)], verbose: 0, cancellationToken: stop.Token));
            });
            var found = Training.Fit(
                after, () => Batches.OfPictures(8, 8, 8), options, seed => Training.Network(seed + 20, optimizer: new Adam(0.01f)), epochs: 3,
                callbacks: _ => [new BackupAndRestore(folder)]);
            Assert.All(found, one => Assert.Equal(expected[0].Weights, one.Weights));
            Assert.All(found, one => Assert.Equal(expected[0].History["loss"], one.History["loss"]));
            foreach (Sequential model in models)
                model.Dispose();
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void EvaluationIsOverAllExamplesInEveryProcess()
    {
        using Sequential alone = Training.Network(5);
        IReadOnlyDictionary<string, double> expected = alone.Evaluate(Batches.OfPictures(10, 1));
        Sequential[] models = [Training.Network(5), Training.Network(5), Training.Network(5)];
        var found = ThreadGroup.Run(3, group =>
        {
            models[group.Rank].Strategy = new DataParallel(group);
            return models[group.Rank].Evaluate(Batches.OfPictures(10, 1));
        });
        foreach (IReadOnlyDictionary<string, double> logs in found)
        {
            Assert.Equal(expected.Keys, logs.Keys);
            Assert.All(expected, pair => Assert.Equal(pair.Value, logs[pair.Key], 1e-6));
        }

        foreach (Sequential model in models)
            model.Dispose();
    }

    [Fact]
    public void ALoopOfOnesOwnGetsTheGradientOfTheMeanOverAllExamples()
    {
        DataItem all = Batches.Pictures(10, 3);
        using Sequential alone = Training.Network(5, normalized: false);
        var loss = new CategoricalFocalLoss();
        float[] Gradient(Sequential model, DataItem item, Func<GradientTape, Tensor, IReadOnlyList<Variable>, Tensor[]> gradient)
        {
            using var tape = new GradientTape();
            Tensor value = loss.Call(item.Y, model.Call(item.X, training: true));
            return [.. gradient(tape, value, model.TrainableVariables).SelectMany(one => one.ToArray())];
        }

        float[] expected = Gradient(alone, all, (tape, value, variables) => tape.Gradient(value, variables));
        Sequential[] models = [Training.Network(5, normalized: false), Training.Network(6, normalized: false), Training.Network(7, normalized: false)];
        int[] starts = [0, 5, 6, 10];
        float[][] found = ThreadGroup.Run(3, group =>
        {
            int start = starts[group.Rank], count = starts[group.Rank + 1] - start;
            var parallel = new DataParallel(group);
            parallel.Broadcast(models[group.Rank].Variables);
            var own = new DataItem(all.X.Slice(start, count), all.Y.Slice(start, count));
            return Gradient(models[group.Rank], own, (tape, value, variables) => parallel.Gradient(tape, value, variables, count));
        });
        foreach (float[] gradient in found)
        {
            Assert.Equal(Numbers.Bits(found[0]), Numbers.Bits(gradient));
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], gradient[i], 1e-6);
        }

        foreach (Sequential model in models)
            model.Dispose();
    }

    [Theory]
    [InlineData(4, 1, true)]
    [InlineData(3, 1, true)]
    [InlineData(8, 2, true)]
    [InlineData(6, 2, false)]
    [InlineData(4, 3, false)]
    [InlineData(2, 4, false)]
    public void PartsHaveToFitTheProcesses(int shards, int size, bool fits) => Assert.Equal(fits, DataParallel.IsPossible(shards, size));

    [Fact]
    public void PartsThatDoNotFitAreAnErrorThatSaysWhatDoes()
    {
        using var group = new SingleProcessGroup();
        string message = Assert.Throws<ArgumentException>(() => new DataParallel(group, new DataParallelOptions { Shards = 0 })).Message;
        Assert.StartsWith("0 parts of a batch cannot be shared out to 1 processes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void DropoutDrawsOtherNumbersForEachPartAndTheSameForAnyNumberOfProcesses()
    {
        // One process with two parts; the streams of several processes are tried over MPI, where each has random numbers of its own.
        (float[] Kernel, ulong Position) Mask(int shards)
        {
            RandomGenerator.SetSeed(3);
            using var model = new Sequential { new Flatten(), new Dropout(0.5f), new Dense(2, activation: Activation.Softmax, useBias: false, kernelInitializer: new Ones()) };
            model.Build((Shape.Unknown, 6, 6, 2));
            model.Compile(new SGD(1), new CategoricalCrossentropy());
            using var group = new SingleProcessGroup();
            model.Strategy = new DataParallel(group, new DataParallelOptions { Shards = shards });
            NDArray x = new((2, 6, 6, 2)), y = new((2, 2));
            x.AsSpan<float>().Fill(1);
            y.AsSpan<float>()[0] = y.AsSpan<float>()[2] = 1;
            _ = model.TrainOnBatch(x, y);
            return (model.Variables[0].Value.ToArray(), RandomGenerator.Default.Position);
        }

        (float[] whole, ulong position) = Mask(1);
        (float[] halves, ulong afterHalves) = Mask(2);
        Assert.Equal(position, afterHalves);
        Assert.NotEqual(Numbers.Bits(whole), Numbers.Bits(halves));

        // Had both parts one mask, every kernel would have been moved by both or by none.
        Assert.True(halves.Distinct().Count() > 4);
    }
}
