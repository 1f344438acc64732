using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

public sealed class BroadcastPlanTests
{
    [Theory]
    [InlineData(new[] { 2, 3, 4 }, new[] { 2, 3, 4 }, new[] { 24 }, new[] { 1 }, new[] { 1 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 4 }, new[] { 6, 4 }, new[] { 4, 1 }, new[] { 0, 1 })]
    [InlineData(new[] { 2, 3, 4 }, new int[0], new[] { 24 }, new[] { 1 }, new[] { 0 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 2, 1, 1 }, new[] { 2, 12 }, new[] { 12, 1 }, new[] { 1, 0 })]
    [InlineData(new[] { 1 }, new int[0], new[] { 1 }, new[] { 1 }, new[] { 1 })]
    public void Neighbouring_axes_merge(int[] a, int[] b, int[] dims, int[] stridesA, int[] stridesB)
    {
        BroadcastPlan plan = BroadcastPlan.Create(a, b);
        Assert.Equal(dims, plan.Dims);
        Assert.Equal(stridesA, plan.StridesA);
        Assert.Equal(stridesB, plan.StridesB);
    }
}
