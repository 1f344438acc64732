using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void Nothing_changes_when_a_gradient_does_not_fit()
    {
        using var scope = new TensorScope();
        using var a = new Variable("a", Tensor.Ones(3));
        using var b = new Variable("b", Tensor.Ones(4));
        using var adam = new Adam();
        _ = Assert.Throws<ArgumentException>(() => adam.Apply([Tensor.Ones(3)], [a, b]));
        string message = Assert.Throws<ShapeMismatchException>(() => adam.Apply([Tensor.Ones(3), Tensor.Ones(3)], [a, b])).Message;
        Assert.Equal("adam: variable 'b' is [4], its gradient [3]", message);
        Assert.Equal(0, adam.Iterations);
        Assert.Equal([1f, 1, 1], a.Value.ToArray());
    }

    [Fact]
    public void State_is_named_after_the_weights()
    {
        using var scope = new TensorScope();
        using var kernel = new Variable("dense/kernel", Tensor.Ones((2, 2)));
        using var adam = new Adam();
        adam.Build([kernel]);
        Assert.Equal(["adam/dense/kernel/momentum", "adam/dense/kernel/velocity"], adam.Variables.Select(variable => variable.Name));
        using var plain = new SGD();
        plain.Build([kernel]);
        Assert.Empty(plain.Variables);
    }

    [Fact]
    public void The_learning_rate_can_be_changed_between_steps()
    {
        using var scope = new TensorScope();
        using var weights = new Variable("w", Tensor.Zeros(1));
        using var sgd = new SGD(0.5f);
        sgd.Apply([Tensor.Ones(1)], [weights]);
        sgd.LearningRate = 0.25f;
        sgd.Apply([Tensor.Ones(1)], [weights]);
        Assert.Equal(-0.75f, weights.Value.Item());
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => sgd.LearningRate = float.NaN);
    }

    [Fact]
    public void Lion_decays_weights_first()
    {
        using var scope = new TensorScope();
        using var weights = new Variable("w", Tensor.Full(1, 2));
        using var lion = new Lion(0.1f, weightDecay: 0.5f);
        lion.Apply([Tensor.Ones(1)], [weights]);
        Assert.Equal((2 * 0.95f) - 0.1f, weights.Value.Item(), 1e-6f);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Equal("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(momentum: 1)).ParamName);
        Assert.Equal("beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: 1)).ParamName);
        Assert.Equal("epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(epsilon: 0)).ParamName);
        Assert.Equal("weightDecay", Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(weightDecay: -1)).ParamName);
        Assert.Equal("LearningRate", Assert.Throws<ArgumentOutOfRangeException>(() => new RMSprop(-1)).ParamName);
    }
}
