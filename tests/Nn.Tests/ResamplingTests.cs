using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Stratified splits, oversampling, and the rows that they select.</summary>
public sealed class ResamplingTests
{
    [Fact]
    public void A_split_gives_every_class_its_share()
    {
        var random = new Random();
        for (int round = 0; round < 60; round++)
        {
            int[] labels = Labels(random);
            double share = round switch { 0 => 0, 1 => 1, 2 => 0.5, _ => random.NextDouble() };
            ulong seed = (ulong)random.NextInt64();
            (int[] training, int[] validation) = StratifiedSplit.Draw(labels, share, seed);
            string what = $"{labels.Length} labels, share {share:R}, seed {seed}";
            Assert.Equal(Enumerable.Range(0, labels.Length), training.Concat(validation).Order());
            Assert.Equal(training.Order(), training);
            Assert.Equal(validation.Order(), validation);
            Assert.True(Math.Abs(validation.Length - (labels.Length * share)) <= 0.5 + 1e-9, what);
            foreach (IGrouping<int, int> members in labels.GroupBy(label => label))
            {
                double off = validation.Count(i => labels[i] == members.Key) - (members.Count() * share);
                Assert.True(Math.Abs(off) < 1 + 1e-9, $"class {members.Key} is {off} examples off; {what}");
            }

            (int[] again, _) = StratifiedSplit.Draw(OneHot(labels), share, seed);
            Assert.Equal(training, again);
        }
    }

    [Fact]
    public void A_split_is_drawn_at_random()
    {
        int[] labels = [.. Enumerable.Repeat(0, 40), .. Enumerable.Repeat(1, 40)];
        var held = new int[80];
        for (ulong seed = 0; seed < 2000; seed++)
        {
            foreach (int position in StratifiedSplit.Draw(labels, 0.25, seed).Validation)
                held[position]++;
        }

        // Binomial with n = 2000, p = 1/4: a standard deviation of 19.4; the seeds are fixed.
        Assert.All(held, count => Assert.InRange(count, 400, 600));
    }

    [Fact]
    public void Rare_classes_are_repeated_evenly()
    {
        var random = new Random();
        for (int round = 0; round < 60; round++)
        {
            int[] labels = Labels(random);
            double share = round switch { 0 => 0, 1 => 1, _ => random.NextDouble() };
            ulong seed = (ulong)random.NextInt64();
            int[] order = Oversampling.Order(labels, seed, share);
            int largest = labels.GroupBy(label => label).Max(members => members.Count());
            foreach (IGrouping<int, int> members in labels.Select((label, i) => (label, i)).GroupBy(e => e.label, e => e.i))
            {
                int[] times = [.. members.Select(i => order.Count(position => position == i))];
                Assert.Equal(Math.Max(members.Count(), (int)Math.Ceiling(largest * share)), times.Sum());
                Assert.True(times.Min() >= 1 && times.Max() - times.Min() <= 1, $"class {members.Key} of {labels.Length}, share {share:R}, seed {seed}");
            }

            Assert.Equal(order, Oversampling.Order(OneHot(labels), seed, share));
        }
    }

    [Fact]
    public void Seeds_give_orders()
    {
        int[] labels = [.. Enumerable.Range(0, 50).Select(i => i % 5 == 0 ? 1 : 0)];
        Assert.NotEqual(Oversampling.Order(labels, 1), Oversampling.Order(labels, 2));
        Assert.NotEqual(StratifiedSplit.Draw(labels, 0.5, 1).Validation, StratifiedSplit.Draw(labels, 0.5, 2).Validation);
        Assert.NotEqual(Oversampling.Order(labels, 1).Order(), Oversampling.Order(labels, 1));
    }

    [Fact]
    public void No_examples_are_no_examples()
    {
        Assert.Empty(Oversampling.Order(new NDArray(0), 1));
        (int[] training, int[] validation) = StratifiedSplit.Draw(new NDArray(0), 0.3, 1);
        Assert.Empty(training.Concat(validation));
        Assert.Equal([0, 0, 2], Oversampling.Order(new[] { 2, 0, 0 }, 3).Select(i => new[] { 2, 0, 0 }[i]).Order().Take(3));
        _ = Assert.Throws<ArgumentOutOfRangeException>("share", () => StratifiedSplit.Draw(new[] { 1 }, 1.1, 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>("share", () => Oversampling.Order(new[] { 1 }, 0, double.NaN));
        _ = Assert.Throws<ArgumentException>("labels", () => Oversampling.Order(new[] { -1 }, 0));
    }

    [Fact]
    public void Rows_at_positions()
    {
        NDArray x = new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } };
        Assert.Equal([5, 6, 1, 2, 5, 6], ArrayRows.Take(x, [2, 0, 2]).ToFloats());
        Assert.Equal(new Shape(0, 2), ArrayRows.Take(x, []).Shape);
        Assert.Equal(DType.Int32, ArrayRows.Take(new[] { 1, 2 }, [1]).DType);
        _ = Assert.Throws<ArgumentOutOfRangeException>("positions", () => ArrayRows.Take(x, [3]));
        _ = Assert.Throws<ArgumentOutOfRangeException>("positions", () => ArrayRows.Take(x, [-1]));
        _ = Assert.Throws<ShapeMismatchException>(() => ArrayRows.Take(new NDArray(Shape.Scalar), [0]));
    }

    private static int[] Labels(Random random)
    {
        int classes = random.Next(1, 6);
        int[] labels = [.. Enumerable.Range(0, random.Next(1, 90)).Select(_ => (int)(classes * Math.Pow(random.NextDouble(), 3)))];
        return labels;
    }

    private static NDArray OneHot(int[] labels) =>
        NDArray.From([labels.Length, 6], [.. labels.SelectMany(label => Enumerable.Range(0, 6).Select(c => c == label ? 1f : 0))]);
}
