using Numerics.Backends.Cuda;
using Numerics.Data;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>The programs of the README and of the guide to imbalance as they stand there, compiled; <see cref="ReadmeTests"/> compares and runs them.</summary>
internal static class ReadmeExamples
{
    public static (History History, float Loss, int Gradients) Run()
    {
        var train = ImageDataset.FromDirectory("PetImages", imageSize: (224, 224))
            .Cache().Shuffle(1000, seed: 1).Batch(32).Prefetch();

        using var model = new Sequential
        {
            new Conv2D(16, 3, activation: Activation.Relu), new MaxPooling2D(2),
            new Conv2D(32, 3, activation: Activation.Relu), new MaxPooling2D(2),
            new Conv2D(64, 3, activation: Activation.Relu), new MaxPooling2D(2),
            new Flatten(),
            new Dense(256, activation: Activation.Relu),
            new Dense(2, activation: Activation.Softmax),
        };
        model.Compile(new Adam(), new CategoricalFocalLoss(alpha: 0.25f, gamma: 2f), metrics: [new CategoricalAccuracy()]);
        History history = model.Fit(train, epochs: 10);
        return (history, Loop(train, model), OwnLoss(train, model));
    }

    public static void UseGpu()
    {
        Backend.Default = new CudaBackend();
    }

    public static float ImbalanceGuide(NDArray x, NDArray y)
    {
        int[] counts = ClassWeights.Counts(y);
        var (training, validation) = StratifiedSplit.Draw(y, 0.2, seed: 1);
        using var model = new Sequential
        {
            new Flatten(),
            new Dense(2, Activation.Softmax, biasInitializer: new Constant(ClassWeights.InitialBias(counts))),
        };
        model.Compile(new Adam(), new CategoricalFocalLoss(alpha: 1, gamma: 2), [new AUC(AUCCurve.PR, classId: 1)]);
        model.Fit(ArrayRows.Take(x, training), ArrayRows.Take(y, training), epochs: 10);

        NDArray held = ArrayRows.Take(y, validation), scores = model.Predict(ArrayRows.Take(x, validation));
        DecisionThreshold decision = DecisionThreshold.Tune(held, scores, decisions => decisions.FBeta(), classId: 1);
        return decision.Threshold;
    }

    private static float Loop(Dataset train, Sequential model)
    {
        float last = float.NaN;
        var focal = new CategoricalFocalLoss(alpha: 0.25f, gamma: 2f);
        using var optimizer = new Adam();
        foreach (var (x, y) in train)
        {
            using var tape = new GradientTape();
            Tensor loss = focal.Call(y, model.Call(x, training: true));
            optimizer.Apply(tape.Gradient(loss, model.TrainableVariables), model.TrainableVariables);
            last = loss.Item();
        }

        return last;
    }

    private static int OwnLoss(Dataset train, Sequential model)
    {
        var (x, y) = train.First();
        using var tape = new GradientTape();
        Tensor error = (model.Call(x, training: true) - y).Abs();
        Tensor loss = (error * error / (error + 1f)).Mean();
        Tensor[] gradients = tape.Gradient(loss, model.TrainableVariables);
        return gradients.Length;
    }
}
