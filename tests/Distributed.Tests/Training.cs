using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed.Tests;

/// <summary>Trainings of a small network by several processes.</summary>
internal static class Training
{
    /// <summary>A network with each kind of gradient: convolutions, batch normalisation, a dense kernel large enough to stay a product.</summary>
    public static Sequential Network(ulong seed, bool normalized = true, Loss? loss = null, Optimizer? optimizer = null, Regularizer? regularizer = null)
    {
        RandomGenerator.SetSeed(seed);
        var model = new Sequential { new Conv2D(4, 3, activation: Activation.Relu, kernelRegularizer: regularizer) };
        if (normalized)
            model.Add(new BatchNormalization());
        model.Add(new Flatten());
        model.Add(new Dense(1100, activation: Activation.Relu));
        model.Add(new Dense(2, activation: Activation.Softmax));
        model.Build((Shape.Unknown, 6, 6, 2));
        model.Compile(optimizer ?? new SGD(0.05f, momentum: 0.9f), loss ?? new CategoricalFocalLoss(), metrics: [new CategoricalAccuracy()], weightedMetrics: [new AUC()]);
        return model;
    }

    /// <summary>All weights and states, as bits.</summary>
    public static int[] Weights(Model model) => [.. model.Variables.SelectMany(variable => Numbers.Bits(variable.Value.ToArray()))];

    /// <summary>Trains in processes whose first weights differ, and gives each one's weights and history.</summary>
    public static (int[] Weights, History History)[] Fit(
        int size, Func<Batches> data, DataParallelOptions options, Func<ulong, Sequential>? network = null, int epochs = 2, Func<int, Callback[]>? callbacks = null,
        IReadOnlyDictionary<int, float>? classWeight = null, Batches[]? validation = null)
    {
        Sequential[] models = [.. Enumerable.Range(0, size).Select(rank => (network ?? (seed => Network(seed)))(5 + (ulong)rank))];
        var results = ThreadGroup.Run(size, group =>
        {
            Sequential model = models[group.Rank];
            model.Strategy = new DataParallel(group, options);
            History history = model.Fit(
                data(), epochs, validation?[group.Rank], callbacks?.Invoke(group.Rank), verbose: 0, classWeight: classWeight);
            return (Weights(model), history);
        });
        foreach (Sequential model in models)
            model.Dispose();
        return results;
    }

    /// <summary>The same without a strategy.</summary>
    public static (float[] Weights, History History) Alone(Batches data, Sequential model, int epochs = 2, IReadOnlyDictionary<int, float>? classWeight = null)
    {
        History history = model.Fit(data, epochs, verbose: 0, classWeight: classWeight);
        return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], history);
    }
}
