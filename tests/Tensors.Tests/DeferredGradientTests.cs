using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

/// <summary>The gradient of a large kernel, a matrix product that waits for whoever reads it.</summary>
public sealed class DeferredGradientTests : ReferenceTest
{
    private const int Rows = 256;
    private const int Columns = 256;

    [Fact]
    public void It_is_computed_when_it_is_read()
    {
        using Variable kernel = Kernel();
        using var tape = new GradientTape();
        Tensor gradient = tape.Gradient(Input(2).Dense(kernel, Bias()).Sum(), kernel.Value);
        Assert.NotNull(gradient.PendingProduct);
        float[] values = gradient.ToArray();
        Assert.Null(gradient.PendingProduct);
        Assert.Equal(Expected(), values);
        Assert.Equal(Expected(), gradient.ToArray());
    }

    [Fact]
    public void Several_uses_of_the_kernel_add_up()
    {
        using Variable kernel = Kernel();
        using var tape = new GradientTape();
        Tensor y = Input(2).Dense(kernel, Bias()) + Input(2).Dense(kernel, Bias());
        Assert.Equal([.. Expected().Select(v => 2 * v)], tape.Gradient(y.Sum(), kernel.Value).ToArray());
    }

    [Fact]
    public void It_outlives_the_tape_when_kept()
    {
        using Variable kernel = Kernel();
        Tensor gradient;
        using (var tape = new GradientTape())
            gradient = tape.Gradient(Input(2).Dense(kernel, Bias()).Sum(), kernel.Value).Keep();
        using (gradient)
            Assert.Equal(Expected(), gradient.ToArray());
    }

    [Fact]
    public void It_ends_with_the_tape_otherwise()
    {
        using Variable kernel = Kernel();
        Tensor gradient;
        using (var tape = new GradientTape())
            gradient = tape.Gradient(Input(2).Dense(kernel, Bias()).Sum(), kernel.Value);
        Assert.True(gradient.IsDisposed);
        _ = Assert.Throws<ObjectDisposedException>(() => gradient.Buffer);
    }

    // A step that changes the input first must not change the kernel's gradient.
    [Fact]
    public void It_does_not_wait_where_an_operand_may_change()
    {
        using Variable kernel = Kernel();
        using var input = new Variable("input", Input(2));
        using var tape = new GradientTape();
        Tensor[] gradients = tape.Gradient(input.Value.Dense(kernel, Bias()).Sum(), [input, kernel]);
        Assert.Null(gradients[1].PendingProduct);
        input.Assign(Tensor.Zeros(input.Shape, Backend));
        Assert.Equal(Expected(), gradients[1].ToArray());
    }

    [Fact]
    public void A_small_one_does_not_wait()
    {
        using var kernel = new Variable("kernel", Tensor.Ones((3, 2), Backend));
        using var tape = new GradientTape();
        Tensor gradient = tape.Gradient(Tensor.Ones((4, 3), Backend).Dense(kernel, Tensor.Zeros(2, Backend)).Sum(), kernel.Value);
        Assert.Null(gradient.PendingProduct);
        Assert.Equal([4f, 4, 4, 4, 4, 4], gradient.ToArray());
    }

    private static float[] Expected() => [.. Enumerable.Range(0, Rows * Columns).Select(i => 2f * (i / Columns))];

    private Variable Kernel() => new("kernel", Tensor.Ones((Rows, Columns), Backend));

    private Tensor Bias() => Tensor.Zeros(Columns, Backend);

    // Each example is 0, 1, 2, ..
    private Tensor Input(int batch) => Tensor.From((batch, Rows), [.. Enumerable.Range(0, batch * Rows).Select(i => (float)(i % Rows))], Backend);
}
