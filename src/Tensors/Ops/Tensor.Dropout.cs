namespace Numerics.Tensors;

/// <content>Dropout.</content>
public sealed partial class Tensor
{
    /// <summary>Sets each element to 0 with some probability and scales the others so that the mean stays (Srivastava et al. 2014).</summary>
    /// <param name="rate">The probability of a zero, in [0, 1).</param>
    /// <param name="key">The stream; the next of <see cref="RandomGenerator.Default"/> when null.</param>
    public Tensor Dropout(float rate, RandomKey? key = null)
    {
        CheckFloat(this);
        if (rate is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "a dropout rate is in [0, 1)");
        RandomKey stream = key ?? RandomGenerator.Default.Next();
        Tensor y = Empty(Backend, Shape);
        Backend.Dropout(this, rate, stream, y);
        GradientTape.Record(y, [this], (dy, _) =>
        {
            Tensor dx = Empty(Backend, Shape);
            Backend.Dropout(dy, rate, stream, dx);
            return [dx];
        });
        return y;
    }
}
