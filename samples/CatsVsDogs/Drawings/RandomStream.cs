using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>Random choices, one after the other, from one stream of the counter-based generator: the same key, the same picture.</summary>
internal sealed class RandomStream(RandomKey key)
{
    private readonly uint[] _words = new uint[4];
    private ulong _block;
    private int _next = 4;

    /// <summary>A float in [0, 1).</summary>
    public float Uniform() => Philox.ToUniform(Word());

    /// <summary>A float in [<paramref name="minimum"/>, <paramref name="maximum"/>).</summary>
    public float Range(float minimum, float maximum) => minimum + ((maximum - minimum) * Uniform());

    /// <summary>An integer in [0, <paramref name="count"/>).</summary>
    public int Next(int count) => (int)((Word() * (ulong)count) >> 32);

    /// <summary>True with the given probability.</summary>
    public bool Chance(float probability) => Uniform() < probability;

    /// <summary>One of the choices, all equally likely.</summary>
    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Next(choices.Length)];

    /// <summary>1 or -1.</summary>
    public float Sign() => Chance(0.5f) ? 1 : -1;

    private uint Word()
    {
        if (_next == _words.Length)
        {
            (_words[0], _words[1], _words[2], _words[3]) = Philox.Block(key, _block++);
            _next = 0;
        }

        return _words[_next++];
    }
}
