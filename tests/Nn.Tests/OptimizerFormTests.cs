using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Forms of optimizers that are composed of ops, against their definition in double precision.</summary>
public sealed class OptimizerFormTests
{
    private const int Steps = 12;

    [Theory]
    [InlineData(1, 0f)]
    [InlineData(7, 0f)]
    [InlineData(33, 0.1f)]
    public void Amsgrad_divides_by_the_greatest_mean_square_so_far(int count, float decay)
    {
        using var optimizer = decay == 0 ? new Adam(0.01f, 0.8f, 0.95f, 1e-5f, amsGrad: true) : new AdamW(0.01f, decay, 0.8f, 0.95f, 1e-5f, amsGrad: true);
        double[] m = new double[count], v = new double[count], greatest = new double[count];
        bool differs = false;
        Compare(optimizer, count, (i, step, weight, gradient) =>
        {
            double beta1 = 0.8f, beta2 = 0.95f, rate = 0.01f;
            m[i] = (beta1 * m[i]) + ((1 - beta1) * gradient);
            v[i] = (beta2 * v[i]) + ((1 - beta2) * gradient * gradient);
            greatest[i] = Math.Max(greatest[i], v[i]);
            differs |= greatest[i] > v[i];
            double alpha = rate * Math.Sqrt(1 - Math.Pow(beta2, step)) / (1 - Math.Pow(beta1, step));
            return (weight * (1 - (rate * decay))) - (alpha * m[i] / (Math.Sqrt(greatest[i]) + 1e-5f));
        });
        Assert.True(differs);
        Assert.Equal(["momentum", "velocity", "velocity_hat"], optimizer.Variables.Select(variable => variable.Name.Split('/')[^1]));
    }

    [Theory]
    [InlineData(1, 0f)]
    [InlineData(7, 0.6f)]
    [InlineData(33, 0f)]
    public void Centered_rmsprop_divides_by_the_standard_deviation(int count, float momentum)
    {
        using var optimizer = new RMSprop(0.01f, 0.9f, momentum, 1e-3f, centered: true);
        double[] square = new double[count], mean = new double[count], speed = new double[count];
        Compare(optimizer, count, (i, _, weight, gradient) =>
        {
            double rho = 0.9f, rate = 0.01f;
            square[i] = (rho * square[i]) + ((1 - rho) * gradient * gradient);
            mean[i] = (rho * mean[i]) + ((1 - rho) * gradient);
            speed[i] = (momentum * speed[i]) + (rate * gradient / Math.Sqrt(square[i] - (mean[i] * mean[i]) + 1e-3f));
            return weight - speed[i];
        });
        Assert.Equal(momentum > 0 ? 3 : 2, optimizer.Variables.Count);
        Assert.EndsWith("/average_gradient", optimizer.Variables[^1].Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void Adagrad_divides_by_all_gradients_so_far(int count)
    {
        using var optimizer = new Adagrad(0.05f, 0.2f, 1e-4f);
        double[] sum = [.. Enumerable.Repeat((double)0.2f, count)];
        Compare(optimizer, count, (i, _, weight, gradient) =>
        {
            sum[i] += gradient * gradient;
            return weight - (0.05f * gradient / Math.Sqrt(sum[i] + 1e-4f));
        });
        Assert.Equal("initialAccumulatorValue", Assert.Throws<ArgumentOutOfRangeException>(() => new Adagrad(initialAccumulatorValue: -1)).ParamName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void Adadelta_steps_as_far_as_it_did_lately(int count)
    {
        using var optimizer = new Adadelta(0.7f, 0.9f, 1e-3f);
        double[] gradients = new double[count], steps = new double[count];
        Compare(optimizer, count, (i, _, weight, gradient) =>
        {
            double rho = 0.9f;
            gradients[i] = (rho * gradients[i]) + ((1 - rho) * gradient * gradient);
            double step = Math.Sqrt(steps[i] + 1e-3f) / Math.Sqrt(gradients[i] + 1e-3f) * gradient;
            steps[i] = (rho * steps[i]) + ((1 - rho) * step * step);
            return weight - (0.7f * step);
        });
        Assert.Equal("rho", Assert.Throws<ArgumentOutOfRangeException>(() => new Adadelta(rho: 1)).ParamName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void Adamax_divides_by_the_greatest_gradient(int count)
    {
        using var optimizer = new Adamax(0.01f, 0.8f, 0.9f, 1e-4f);
        double[] mean = new double[count], greatest = new double[count];
        Compare(optimizer, count, (i, step, weight, gradient) =>
        {
            double beta1 = 0.8f, beta2 = 0.9f;
            mean[i] += (1 - beta1) * (gradient - mean[i]);
            greatest[i] = Math.Max(beta2 * greatest[i], Math.Abs(gradient));
            return weight - (0.01f / (1 - Math.Pow(beta1, step)) * mean[i] / (greatest[i] + 1e-4f));
        });
        Assert.Equal("beta2", Assert.Throws<ArgumentOutOfRangeException>(() => new Adamax(beta2: 1)).ParamName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void Nadam_looks_one_step_ahead(int count)
    {
        using var optimizer = new Nadam(0.01f, 0.8f, 0.9f, 1e-4f);
        double[] mean = new double[count], square = new double[count], product = [.. Enumerable.Repeat(1.0, count)];
        Compare(optimizer, count, (i, step, weight, gradient) =>
        {
            double beta1 = 0.8f, beta2 = 0.9f, now = beta1 * (1 - (0.5 * Math.Pow(0.96, step))), next = beta1 * (1 - (0.5 * Math.Pow(0.96, step + 1)));
            product[i] *= now;
            mean[i] += (1 - beta1) * (gradient - mean[i]);
            square[i] += (1 - beta2) * ((gradient * gradient) - square[i]);
            double ahead = (next * mean[i] / (1 - (product[i] * next))) + ((1 - now) * gradient / (1 - product[i]));
            return weight - (0.01f * ahead / (Math.Sqrt(square[i] / (1 - Math.Pow(beta2, step))) + 1e-4f));
        });
        Assert.Equal("beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Nadam(beta1: 1)).ParamName);
    }

    /// <summary>What a step needs of those before is in its number and its state.</summary>
    [Fact]
    public void Nadam_goes_on_at_any_step()
    {
        using var optimizer = new Nadam(0.01f);
        using Variable first = new("w", Tensor.Ones(3)), second = new("w", Tensor.Ones(3));
        using var scope = new TensorScope();
        Tensor gradient = Tensor.From(3, [0.5f, -1, 2]);
        for (int step = 0; step < 5; step++)
            optimizer.Apply([gradient], [first]);
        using var other = new Nadam(0.01f);
        for (int step = 0; step < 2; step++)
            other.Apply([gradient], [second]);
        using var resumed = new Nadam(0.01f) { Iterations = 2 };
        resumed.Build([second]);
        for (int i = 0; i < 2; i++)
            resumed.Variables[i].Assign(other.Variables[i]);
        for (int step = 2; step < 5; step++)
            resumed.Apply([gradient], [second]);
        Assert.Equal(first.Value.ToArray(), second.Value.ToArray());
    }

    [Theory]
    [InlineData(1, -0.5f, 0f, 0f, 0f, 0f)]
    [InlineData(33, -0.5f, 0.3f, 0f, 0f, 0f)]
    [InlineData(33, -0.8f, 0.3f, 0.2f, 0.05f, 0.7f)]
    [InlineData(7, 0f, 0f, 0.1f, 0f, 0f)]
    public void Ftrl_follows_the_regularized_leader(int count, float power, float l1, float l2, float shrinkage, float beta)
    {
        using var optimizer = new Ftrl(0.3f, power, 0.2f, l1, l2, shrinkage, beta);
        double[] sum = [.. Enumerable.Repeat((double)0.2f, count)], linear = new double[count];
        int zeros = 0;
        Compare(optimizer, count, (i, _, weight, gradient) =>
        {
            double rate = 0.3f, before = Math.Pow(sum[i], -power);
            sum[i] += gradient * gradient;
            double after = Math.Pow(sum[i], -power);
            linear[i] += gradient + (2 * shrinkage * weight) - ((after - before) / rate * weight);
            if (Math.Abs(linear[i]) <= l1)
            {
                zeros++;
                return 0;
            }

            return ((Math.Sign(linear[i]) * l1) - linear[i]) / (((beta + after) / rate) + (2 * l2));
        });
        Assert.Equal(l1 > 0, zeros > 0);
        Assert.Equal("learningRatePower", Assert.Throws<ArgumentOutOfRangeException>(() => new Ftrl(learningRatePower: 0.5f)).ParamName);
        float[] before = [1, 2];
        using var weight = new Variable("w", Tensor.From(2, before));
        using var still = new Ftrl(0);
        using var scope = new TensorScope();
        still.Apply([Tensor.Ones(2)], [weight]);
        Assert.Equal(before, weight.Value.ToArray());
    }

    [Fact]
    public void Rounding_makes_no_variance_negative()
    {
        // With a large gradient that never changes, the variance goes to 0 and rounding beyond.
        using var optimizer = new RMSprop(1e-9f, 0.5f, centered: true);
        using var weight = new Variable("w", Tensor.Zeros(5));
        for (int step = 0; step < 60; step++)
        {
            using var scope = new TensorScope();
            optimizer.Apply([Tensor.From(5, [1000.1f, 33.33f, -777.7f, 1e-3f, 12345.6f])], [weight]);
        }

        Assert.All(weight.Value.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    // Gradients of many sizes, so that mean squares grow and shrink.
    private static void Compare(Optimizer optimizer, int count, Func<int, int, double, double, double> next)
    {
        float[] first = RandomArrays.Signed(count).ToFloats();
        using var weights = new Variable("w", NDArray.From(count, first));
        double[] expected = [.. first.Select(value => (double)value)];
        for (int step = 1; step <= Steps; step++)
        {
            float size = step % 4 == 1 ? 3 : 0.2f;
            float[] gradient = [.. RandomArrays.Signed(count).ToFloats().Select(value => value * size)];
            using (new TensorScope())
                optimizer.Apply([Tensor.From(count, gradient)], [weights]);
            for (int i = 0; i < count; i++)
                expected[i] = next(i, step, expected[i], gradient[i]);
            float[] actual = weights.Value.ToArray();
            for (int i = 0; i < count; i++)
                Assert.Equal(expected[i], actual[i], 1e-5 * Math.Max(1, Math.Abs(expected[i])));
        }
    }
}
