using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

public sealed class TensorScopeTests : ReferenceTest
{
    [Fact]
    public void The_end_of_a_scope_disposes_what_was_made_in_it()
    {
        Tensor inside, kept, outer;
        using (var first = new TensorScope())
        {
            using (var second = new TensorScope())
            {
                inside = Vector(1);
                kept = Vector(2).Keep();
                outer = second.Return(Vector(3) + 1f);
                Assert.Equal(2, second.Count);
            }

            Assert.True(inside.IsDisposed);
            Assert.Equal(4f, outer.Item());
        }

        Assert.True(outer.IsDisposed);
        Assert.Equal(2f, kept.Item());
        kept.Dispose();
    }

    [Fact]
    public void Use_after_the_end_says_what_to_do()
    {
        Tensor x;
        using (new TensorScope())
            x = Vector(1, 2);
        var error = Assert.Throws<ObjectDisposedException>(() => x + 1f);
        Assert.Contains("Keep()", error.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ObjectDisposedException>(() => x.ToArray());
        _ = Assert.Throws<ObjectDisposedException>(() => x.Keep());
        Assert.Contains("disposed", x.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Reshaped_tensors_share_memory_that_lives_as_long_as_either()
    {
        Tensor x = Vector(1, 2, 3, 4).Keep();
        Tensor y = x.Reshape(2, 2).Keep();
        x.Dispose();
        x.Dispose();
        Assert.Equal([1f, 2f, 3f, 4f], y.ToArray());
        y.Dispose();
    }

    [Fact]
    public void Scopes_end_in_reverse_order()
    {
        var outer = new TensorScope();
        var inner = new TensorScope();
        _ = Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
        outer.Dispose();
        Assert.Null(TensorScope.Current);
    }

    [Fact]
    public void A_scope_ends_on_its_own_thread()
    {
        using var scope = new TensorScope();
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(scope.Dispose));
        thread.Start();
        thread.Join();
        _ = Assert.IsType<InvalidOperationException>(error);
    }

    [Fact]
    public void A_tape_keeps_what_it_needs_from_an_inner_scope()
    {
        using Variable w = Variable(3);
        Tensor intermediate;
        using (var tape = new GradientTape())
        {
            Tensor y;
            using (var scope = new TensorScope())
            {
                intermediate = w.Value.Square();
                y = scope.Return(intermediate.Square());
            }

            Assert.False(intermediate.IsDisposed);
            Assert.Equal(108f, tape.Gradient(y, [w])[0].Item());
        }

        Assert.True(intermediate.IsDisposed);
    }

    [Fact]
    public void A_variable_outlives_scopes_and_is_assigned_in_place()
    {
        Variable w;
        using (new TensorScope())
            w = Variable(1, 2);
        w.Assign(NDArray.From(2, [5f, 6f]));
        Assert.Equal([5f, 6f], w.Value.ToArray());
        var error = Assert.Throws<ShapeMismatchException>(() => w.Assign(NDArray.From(1, [5f])));
        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
        w.Dispose();
    }
}
