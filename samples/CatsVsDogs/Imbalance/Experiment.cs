using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Imbalance;

/// <summary>Trains with every method on the same pictures, from the same first weights.</summary>
/// <param name="pictures">All pictures, more than enough of the second class.</param>
/// <param name="rarity">One picture in so many is of the second class.</param>
/// <param name="epochs">How often every picture is seen.</param>
/// <param name="batchSize">How many pictures make a step.</param>
/// <param name="learningRate">Adam's step size.</param>
internal sealed class Experiment(LabelledPictures pictures, int rarity, int epochs, int batchSize, float learningRate)
{
    private const int Rare = 1;
    private const double TestShare = 0.3;
    private const double ValidationShare = 0.3;

    /// <summary>How many pictures of the common and of the rare class take part, of each that many are there.</summary>
    public static (int Common, int Rare) Counts(int common, int rare, int rarity)
    {
        int wanted = Math.Min(rare, common / (rarity - 1));
        return (wanted * (rarity - 1), wanted);
    }

    /// <summary>Draws the pictures of one run, in three parts with the same share of the rare class.</summary>
    /// <param name="seed">Decides which pictures take part and which part they go to.</param>
    public (LabelledPictures Training, LabelledPictures Validation, LabelledPictures Test) Draw(ulong seed)
    {
        int[] common = pictures.Of(1 - Rare), rare = pictures.Of(Rare);
        (int commonCount, int rareCount) = Counts(common.Length, rare.Length, rarity);
        int[] chosen = [.. Chosen(common, commonCount, seed, 0), .. Chosen(rare, rareCount, seed, 1)];
        (LabelledPictures rest, LabelledPictures test) = pictures.Take(chosen).Split(TestShare, seed);
        (LabelledPictures training, LabelledPictures validation) = rest.Split(ValidationShare, seed);
        return (training, validation, test);
    }

    /// <summary>Trains a network and tries it on the test pictures.</summary>
    public Outcome Run(
        Method method, ulong seed, LabelledPictures training, LabelledPictures validation, LabelledPictures test, CancellationToken cancellationToken)
    {
        // The same first weights and orders for every method of a seed.
        RandomGenerator.SetSeed(seed);
        int[] counts = ClassWeights.Counts(training.Y);
        using Sequential model = Network.Create(training.X.Shape[1], method.Bias(counts));
        model.Compile(new Adam(learningRate), method.Loss);
        LabelledPictures shown = method.Oversamples ? training.Take(Oversampling.Order(training.Y, seed)) : training;
        _ = model.Fit(shown.X, shown.Y, batchSize, epochs, classWeight: method.Weights(counts), verbose: 0, cancellationToken: cancellationToken);

        NDArray scores = model.Predict(test.X, cancellationToken: cancellationToken);
        DecisionThreshold tuned = DecisionThreshold.Tune(
            validation.Y, model.Predict(validation.X, cancellationToken: cancellationToken), decisions => decisions.FBeta(), Rare);
        (double recall, double f1) = Decide(test.Y, scores, 0.5f);
        (double tunedRecall, double tunedF1) = Decide(test.Y, scores, tuned.Threshold);
        return new(
            method.Name, seed, Value(new AUC(AUCCurve.PR, classId: Rare), test.Y, scores), recall, f1, tunedRecall, tunedF1,
            Value(new ExpectedCalibrationError(), test.Y, scores));
    }

    private static (double Recall, double F1) Decide(NDArray labels, NDArray scores, float threshold)
    {
        double recall = Value(new Recall(threshold, Rare), labels, scores), precision = Value(new Precision(threshold, Rare), labels, scores);
        return (recall, recall + precision == 0 ? 0 : 2 * recall * precision / (recall + precision));
    }

    private static double Value(Metric metric, NDArray labels, NDArray scores)
    {
        metric.UpdateState(labels, scores);
        return metric.Result();
    }

    private static IEnumerable<int> Chosen(int[] positions, int count, ulong seed, ulong stream)
    {
        float[] order = new float[positions.Length];
        Philox.FillUniform(new RandomKey(seed, stream), 0, order);
        Array.Sort(order, positions);
        return positions.Take(count);
    }
}
