using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Learning-rate schedules against the formulas and examples of Keras' documentation.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public void ExponentialDecay_of_the_documentation()
    {
        // "decay every 100000 steps with a base of 0.96"
        var smooth = new ExponentialDecay(0.1, 100000, 0.96);
        var stairs = new ExponentialDecay(0.1, 100000, 0.96, staircase: true);
        Assert.Equal(0.1, smooth.Call(0));
        Assert.Equal(0.1 * Math.Sqrt(0.96), smooth.Call(50000), 1e-15);
        Assert.Equal(0.1, stairs.Call(99999));
        Assert.Equal(0.096, stairs.Call(100000), 1e-15);
        Assert.Equal(0.1 * 0.96 * 0.96, stairs.Call(299999), 1e-15);
    }

    [Fact]
    public void PiecewiseConstantDecay_of_the_documentation()
    {
        // "1.0 for the first 100001 steps, 0.5 for the next 10000 steps, and 0.1 for any additional steps"
        var schedule = new PiecewiseConstantDecay([100000, 110000], [1.0, 0.5, 0.1]);
        Assert.Equal([1.0, 1.0, 0.5, 0.5, 0.1, 0.1], new long[] { 0, 100000, 100001, 110000, 110001, 1 << 30 }.Select(schedule.Call));
        _ = Assert.Throws<ArgumentException>(() => new PiecewiseConstantDecay([1], [1]));
        _ = Assert.Throws<ArgumentException>(() => new PiecewiseConstantDecay([2, 2], [1, 1, 1]));
    }

    [Fact]
    public void PolynomialDecay_of_the_documentation()
    {
        // "from 0.1 to 0.01 in 10000 steps using sqrt (i.e. power=0.5)"
        var schedule = new PolynomialDecay(0.1, 10000, 0.01, power: 0.5);
        Assert.Equal([0.1, 0.01, 0.01], new long[] { 0, 10000, 20000 }.Select(schedule.Call), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal((0.09 * Math.Sqrt(0.75)) + 0.01, schedule.Call(2500), 1e-15);
        var cycle = new PolynomialDecay(1, 100, 0, cycle: true);
        Assert.Equal(0.5, cycle.Call(50), 1e-15);
        Assert.Equal(0, cycle.Call(100), 1e-15);
        Assert.Equal(0.25, cycle.Call(150), 1e-15);
    }

    [Fact]
    public void InverseTimeDecay_of_the_documentation()
    {
        var schedule = new InverseTimeDecay(0.1, 1, 0.5);
        Assert.Equal([0.1, 0.1 / 1.5, 0.05], new long[] { 0, 1, 2 }.Select(schedule.Call), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal(0.1, new InverseTimeDecay(0.1, 10, 0.5, staircase: true).Call(9));
    }

    [Fact]
    public void CosineDecay_warms_up_and_ends_at_alpha()
    {
        var schedule = new CosineDecay(0, 1000, alpha: 0.1, warmupTarget: 0.1, warmupSteps: 1000);
        Assert.Equal(0, schedule.Call(0));
        Assert.Equal(0.05, schedule.Call(500), 1e-15);
        Assert.Equal(0.1, schedule.Call(1000), 1e-15);
        Assert.Equal(0.1 * ((0.9 * 0.5) + 0.1), schedule.Call(1500), 1e-15);
        Assert.Equal(0.01, schedule.Call(2000), 1e-15);
        Assert.Equal(0.01, schedule.Call(5000), 1e-15);
        Assert.Equal(0.05, new CosineDecay(0.1, 1000).Call(500), 1e-15);
    }

    [Fact]
    public void CosineDecayRestarts_begins_again_over_longer_periods()
    {
        var schedule = new CosineDecayRestarts(1, 10, tMul: 2, mMul: 0.5, alpha: 0.1);
        double Expected(double part, double top) => (0.9 * 0.5 * top * (1 + Math.Cos(Math.PI * part))) + 0.1;
        Assert.Equal(1, schedule.Call(0), 1e-15);
        Assert.Equal(Expected(0.9, 1), schedule.Call(9), 1e-15);
        Assert.Equal(Expected(0, 0.5), schedule.Call(10), 1e-15);
        Assert.Equal(Expected(0.5, 0.5), schedule.Call(20), 1e-15);
        Assert.Equal(Expected(0, 0.25), schedule.Call(30), 1e-15);
        Assert.Equal(Expected(0.3, 1), new CosineDecayRestarts(1, 10, tMul: 1, alpha: 0.1).Call(43), 1e-14);
    }

    // Periods that are too many to be counted are left out at once; a clock that counts in whole periods says where they are.
    [Theory]
    [InlineData(1, 7)]
    [InlineData(1.0001, 3)]
    [InlineData(1.01, 5)]
    public void CosineDecayRestarts_finds_its_place_after_any_number_of_steps(double tMul, long first)
    {
        var schedule = new CosineDecayRestarts(1, first, tMul, alpha: 0.25);
        double begin = 0, length = first;
        for (int period = 0; period < 3000; period++, begin += length, length *= tMul)
        {
            double step = Math.Floor(begin + (length / 2)), part = (step - begin) / length;
            if (step > 1e12)
                break;
            Assert.Equal((0.75 * 0.5 * (1 + Math.Cos(Math.PI * part))) + 0.25, schedule.Call((long)step), 1e-5);
        }

        Assert.InRange(schedule.Call(long.MaxValue), 0.25, 1);
        Assert.Contains("tMul is 1 or at least", Assert.Throws<ArgumentOutOfRangeException>(() => new CosineDecayRestarts(1, 1, 1.00000001)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_optimizer_takes_the_rate_of_each_step()
    {
        using var optimizer = new SGD(new PiecewiseConstantDecay([1], [1, 0.5]));
        using var weight = new Variable("w", Tensor.Zeros(1));
        var seen = new List<float>();
        for (int i = 0; i < 4; i++)
        {
            seen.Add(optimizer.LearningRate);
            optimizer.Apply([Tensor.Ones(1)], [weight]);
        }

        Assert.Equal([1, 1, 0.5f, 0.5f], seen);
        Assert.Equal([-3f], weight.Value.ToArray());
        Assert.Contains("PiecewiseConstantDecay", Assert.Throws<InvalidOperationException>(() => optimizer.LearningRate = 1).Message, StringComparison.Ordinal);
    }
}
