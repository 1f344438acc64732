using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Numerics.Data;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed.Mpi;

/// <summary>A training of a small network with everything that parts of a batch could make differ.</summary>
internal static class Training
{
    private const int Examples = 50;

    /// <summary>Trains, and writes a hash of the weights, which have to be the same in every process.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="shards">Into how many parts each batch is cut.</param>
    /// <param name="checkpoints">Where checkpoints are written after every step, or null.</param>
    /// <param name="pause">Milliseconds that each step takes besides.</param>
    /// <param name="output">Where to.</param>
    public static bool Run(ProcessGroup group, int shards, string? checkpoints, int pause, TextWriter output)
    {
        RandomGenerator.SetSeed(7);
        using var model = new Sequential
        {
            new RandomFlip(FlipMode.Horizontal),
            new Conv2D(4, 3, activation: Activation.Relu, kernelRegularizer: new L2(0.001f)), new BatchNormalization(), new MaxPooling2D(2),
            new Flatten(),
            new Dense(4200, activation: Activation.Relu), new Dropout(0.3f),
            new Dense(2, activation: Activation.Softmax),
        };
        model.Build((Shape.Unknown, 10, 10, 2));
        model.Compile(new Adam(0.002f) { GlobalClipNorm = 5 }, new CategoricalFocalLoss(0.25f, 2, 0, 0.01f), metrics: [Metric.Accuracy], weightedMetrics: [new AUC()]);

        // All start from the first process's weights: the others' have to be overwritten.
        if (group.Rank > 0)
            model.Variables[0].Assign(Tensor.Full(model.Variables[0].Shape, group.Rank));
        model.Strategy = new DataParallel(group, new DataParallelOptions { Shards = shards });

        // The last batch has two examples: of four parts, two are empty.
        (NDArray x, NDArray y) = Data();
        Dataset train = Dataset.FromArrays(x, y).Shuffle(seed: 3).Batch(12).Prefetch(), test = Dataset.FromArrays(x, y).Batch(16);
        var callbacks = new List<Callback> { new EarlyStopping("val_loss", patience: 10) };
        if (checkpoints is not null)
            callbacks.Add(new BackupAndRestore(checkpoints, saveFreq: 1, deleteCheckpoint: false));
        if (pause > 0)
            callbacks.Add(new LambdaCallback(onTrainBatchEnd: (_, _) => Thread.Sleep(pause)));
        History history = model.Fit(train, epochs: 3, validationData: test, callbacks: callbacks, verbose: 0);

        byte[] hash = SHA256.HashData(model.Variables.SelectMany(variable => MemoryMarshal.AsBytes<float>(variable.Value.ToArray()).ToArray()).ToArray());
        byte[] all = new byte[hash.Length * group.Size];
        group.AllGather(hash, all);
        bool isEqual = Enumerable.Range(0, group.Size).All(rank => all.AsSpan(rank * hash.Length, hash.Length).SequenceEqual(hash));
        output.WriteLine(
            $"weights {Convert.ToHexStringLower(hash)[..16]} loss {history["loss"][^1]:R} accuracy {history["val_accuracy"][^1]:R} {(isEqual ? "the same in" : "NOT the same in")} {group.Size} processes");
        return isEqual;
    }

    private static (NDArray X, NDArray Y) Data()
    {
        NDArray x = new((Examples, 10, 10, 2)), y = new((Examples, 2));
        Philox.FillUniform(new RandomKey(4, 0), 0, x.AsSpan<float>());
        for (int i = 0; i < Examples; i++)
        {
            float sum = 0;
            foreach (float value in x.AsSpan<float>().Slice(i * 200, 200))
                sum += value - 0.5f;
            y.AsSpan<float>()[(2 * i) + (sum > 0 ? 1 : 0)] = 1;
        }

        return (x, y);
    }
}
