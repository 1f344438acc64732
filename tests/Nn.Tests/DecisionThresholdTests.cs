using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class DecisionThresholdTests
{
    public static TheoryData<string> Objectives => ["f1", "f2", "balanced", "matthews"];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void No_other_threshold_is_better(string objective)
    {
        for (int round = 0; round < 30; round++)
        {
            var data = new RandomClassification(1 + (round * 3), 1, round % 3 * 5, weighted: round % 2 == 1);
            if (Enumerable.Range(0, data.Examples).Sum(data.Weight) == 0)
                continue;
            float[] scores = [.. data.Scores.Select(row => row[0])];
            DecisionThreshold found = DecisionThreshold.Tune(
                data.Labels, scores, counts => Value(objective, counts), sampleWeight: data.Weights is null ? null : (NDArray)data.Weights);
            Assert.Equal(At(data, objective, found.Threshold), found.Value, 1e-9);
            foreach (float other in scores.Append(-1).Append(found.Threshold + 1e-3f).Append(2))
            {
                double value = At(data, objective, other);
                Assert.True(value <= found.Value + 1e-9, $"{objective}: {other:R} gives {value:R}, tuned {found}; seed {data.Seed}");
            }

            float[] reversed = [.. scores.Reverse()];
            int[] labels = [.. data.Labels.Reverse()];
            if (data.Weights is null)
                Assert.Equal(found, DecisionThreshold.Tune(labels, reversed, counts => Value(objective, counts)));
        }
    }

    [Fact]
    public void The_threshold_lies_in_the_middle_of_the_gap_and_the_highest_wins()
    {
        NDArray labels = new[] { 0, 0, 1, 1 };
        Assert.Equal(new(0.5f, 1), DecisionThreshold.Tune(labels, new float[] { 0.125f, 0.25f, 0.75f, 0.875f }, counts => counts.FBeta()));
        DecisionThreshold any = DecisionThreshold.Tune(labels, new float[] { 0.125f, 0.25f, 0.75f, 0.875f }, _ => 3);
        Assert.Equal(new(0.875f, 3), any);
        // Neighbouring floats: the middle rounds to the lower one after 0.5 and to the upper one after the next.
        foreach (float low in new[] { 0.5f, float.BitIncrement(0.5f) })
        {
            float high = float.BitIncrement(low);
            Assert.Equal(new(low, 1), DecisionThreshold.Tune(labels, new float[] { low, low, high, high }, counts => counts.FBeta()));
        }

        DecisionThreshold everything = DecisionThreshold.Tune(new[] { 1, 1 }, new float[] { 0.5f, 0.25f }, counts => counts.FBeta());
        Assert.Equal(new(float.BitDecrement(0.25f), 1), everything);
    }

    [Fact]
    public void A_column_of_several_is_chosen_by_class()
    {
        NDArray labels = new[] { 0, 1, 2, 1 };
        NDArray scores = new float[,] { { 0.9f, 0.1f, 0 }, { 0.3f, 0.4f, 0.3f }, { 0.1f, 0.2f, 0.7f }, { 0.1f, 0.6f, 0.3f } };
        Assert.Equal(0.3, DecisionThreshold.Tune(labels, scores, counts => counts.FBeta()).Threshold, 1e-6);
        Assert.Equal(0.5, DecisionThreshold.Tune(labels, scores, counts => counts.FBeta(), classId: 2).Threshold, 1e-6);
    }

    [Fact]
    public void What_cannot_be_tuned_is_refused()
    {
        string Message(NDArray labels, NDArray scores, NDArray? weights = null, int classId = 1) => Assert.ThrowsAny<ArgumentException>(
            () => DecisionThreshold.Tune(labels, scores, counts => counts.FBeta(), classId, weights)).Message;
        Assert.Contains("no examples", Message(new NDArray(0), new NDArray(0)), StringComparison.Ordinal);
        Assert.Contains("no examples", Message(new[] { 1 }, new float[] { 1 }, new float[] { 0 }), StringComparison.Ordinal);
        Assert.Contains("NaN", Message(new[] { 1 }, new float[] { float.NaN }), StringComparison.Ordinal);
        Assert.Contains("Infinity", Message(new[] { 1 }, new float[] { float.NegativeInfinity }), StringComparison.Ordinal);
        Assert.Contains("no class 5", Message(new[] { 1 }, new float[,] { { 1, 0 } }, classId: 5), StringComparison.Ordinal);
        Assert.Equal(double.NegativeInfinity, DecisionThreshold.Tune(new[] { 1 }, new float[] { 1 }, _ => double.NaN).Value);
    }

    [Fact]
    public void Counts_by_hand()
    {
        var counts = new BinaryCounts(6, 2, 3, 9);
        Assert.Equal(2 * 6 / (12.0 + 2 + 3), counts.FBeta(), 1e-12);
        Assert.Equal(5 * 6 / (30.0 + 2 + 12), counts.FBeta(2), 1e-12);
        Assert.Equal(((6 / 9.0) + (9 / 11.0)) / 2, counts.BalancedAccuracy(), 1e-12);
        Assert.Equal(48 / Math.Sqrt(8 * 9 * 11 * 12), counts.MatthewsCorrelation(), 1e-12);
        Assert.Equal((0, 0, 0), (default(BinaryCounts).FBeta(), default(BinaryCounts).BalancedAccuracy(), default(BinaryCounts).MatthewsCorrelation()));
        Assert.Equal((0.25, 0.5), (new BinaryCounts(1, 0, 3, 0).BalancedAccuracy(), new BinaryCounts(0, 1, 0, 1).BalancedAccuracy()));
        Assert.Equal(-1, new BinaryCounts(0, 1e150, 1e150, 0).MatthewsCorrelation(), 1e-12);
    }

    private static double Value(string objective, BinaryCounts counts) => objective switch
    {
        "f1" => counts.FBeta(),
        "f2" => counts.FBeta(2),
        "balanced" => counts.BalancedAccuracy(),
        _ => counts.MatthewsCorrelation(),
    };

    private static double At(RandomClassification data, string objective, float threshold)
    {
        double Count(int label, bool above) => Enumerable.Range(0, data.Examples)
            .Where(i => data.Labels[i] == label && data.Scores[i][0] > threshold == above).Sum(data.Weight);
        return Value(objective, new BinaryCounts(Count(1, true), Count(0, true), Count(1, false), Count(0, false)));
    }
}
