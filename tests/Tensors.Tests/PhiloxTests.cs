using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

public sealed class PhiloxTests
{
    /// <summary>The known answers that the authors of Philox publish with their library for philox4x32-10.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x, uint y, uint z, uint w) =>
        Assert.Equal((x, y, z, w), Philox.Block(k0, k1, c0, c1, c2, c3));

    [Fact]
    public void A_part_of_a_stream_equals_the_stream_there()
    {
        var key = new RandomKey((ulong)Random.Shared.NextInt64(), 3);
        float[] whole = new float[103], part = new float[51];
        Philox.FillUniform(key, 0, whole);
        Philox.FillUniform(key, 52, part);
        Assert.Equal(whole[52..], part);
        Philox.FillNormal(key, 0, whole);
        Philox.FillNormal(key, 52, part);
        Assert.Equal(whole[52..], part);
    }

    [Fact]
    public void Distributions_have_their_moments()
    {
        float[] values = new float[200_000];
        Philox.FillUniform(new RandomKey(1, 2), 0, values);
        Assert.All(values, value => Assert.InRange(value, 0f, 0.99999995f));
        Assert.InRange(values.Average(), 0.497, 0.503);
        Assert.InRange(values.Average(value => value * value), 0.33, 0.337);
        Philox.FillNormal(new RandomKey(1, 2), 0, values);
        Assert.InRange(values.Average(), -0.01, 0.01);
        Assert.InRange(values.Average(value => value * value), 0.985, 1.015);
        Assert.InRange(values.Average(value => value * value * value * value), 2.9, 3.1);
    }

    [Fact]
    public void Generators_hand_out_different_streams_and_can_be_restored()
    {
        var generator = new RandomGenerator(7);
        RandomKey first = generator.Next(), second = generator.Next();
        Assert.NotEqual(first, second);
        Assert.Equal(second, new RandomGenerator(7, position: 1).Next());
        Assert.Equal(2UL, generator.Position);
    }
}
