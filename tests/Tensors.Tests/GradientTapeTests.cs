using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

public sealed class GradientTapeTests : ReferenceTest
{
    [Fact]
    public void A_tensor_used_several_times_sums_its_gradients()
    {
        using Variable w = Variable(3);
        using var tape = new GradientTape();
        Tensor y = (w.Value * w.Value) + (w.Value * 2f) + w.Value;
        Assert.Equal(9f, tape.Gradient(y.Sum(), [w])[0].Item());
    }

    [Fact]
    public void An_unused_variable_gets_zeros()
    {
        using Variable used = Variable(3), unused = Variable(1, 2);
        using var tape = new GradientTape();
        Tensor[] gradients = tape.Gradient(used.Value.Square().Sum(), [used, unused]);
        Assert.Equal([0f, 0f], gradients[1].ToArray());
    }

    [Fact]
    public void A_target_without_a_trace_is_refused()
    {
        using Variable w = Variable(3);
        using var tape = new GradientTape();
        Tensor constant = Vector(1).Square().Sum();
        _ = Assert.Throws<InvalidOperationException>(() => tape.Gradient(constant, [w]));
        var error = Assert.Throws<ShapeMismatchException>(() => tape.Gradient(w.Value * Vector(1, 2), [w]));
        Assert.Contains("Sum()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Watched_tensors_and_intermediate_results_have_gradients()
    {
        using var tape = new GradientTape();
        Tensor x = tape.Watch(Vector(2)), y = x.Square(), z = y * 3f;
        Tensor[] gradients = tape.Gradient(z.Sum(), [x, y, z]);
        Assert.Equal([12f, 3f, 1f], gradients.Select(gradient => gradient.Item()));
        _ = Assert.Throws<ArgumentException>(() => tape.Watch(Tensor.Range(3, Backend)));
    }

    [Fact]
    public void Two_tapes_record_side_by_side()
    {
        using Variable a = Variable(2), b = Variable(5);
        using var first = new GradientTape();
        using var second = new GradientTape();
        Tensor product = a.Value * b.Value;
        Tensor lossA = product.Square().Sum(), lossB = (product * 3f).Sum();
        Assert.Equal(100f, first.Gradient(lossA, [a])[0].Item());
        Assert.Equal(6f, second.Gradient(lossB, [b])[0].Item());
    }

    [Fact]
    public void A_tape_gives_the_same_gradient_again()
    {
        using Variable w = Variable(3);
        using var tape = new GradientTape();
        Tensor loss = w.Value.Square().Sum();
        float first = tape.Gradient(loss, [w])[0].Item();
        int recorded = tape.RecordedOps;
        Assert.Equal(first, tape.Gradient(loss, [w])[0].Item());
        Assert.Equal(recorded, tape.RecordedOps);
    }

    [Fact]
    public void Constants_are_not_followed()
    {
        using Variable w = Variable(3);
        using var tape = new GradientTape();
        Tensor stopped = w.Value.Square().StopGradient();
        Tensor unrecorded = GradientTape.StopRecording(() => w.Value.Square());
        Tensor loss = (stopped + unrecorded + w.Value).Sum();
        Assert.Equal(1f, tape.Gradient(loss, [w])[0].Item());
        w.Trainable = false;
        Assert.Equal(2, new[] { w.Value * 2f, w.Value * 3f }.Length);
        _ = Assert.Throws<InvalidOperationException>(() => tape.Gradient((w.Value * 2f).Sum(), [w]));
    }

    [Fact]
    public void A_users_op_brings_its_own_gradient()
    {
        using Variable w = Variable(3, -4);
        using var tape = new GradientTape();
        Tensor y = GradientTape.StopRecording(() => w.Value.Sign());
        GradientTape.Record(y, [w.Value], (dy, _) => [dy * 10f]);
        Assert.Equal([10f, 10f], tape.Gradient(y.Sum(), [w])[0].ToArray());
    }

    [Fact]
    public void A_rule_may_give_one_tensor_to_several_inputs()
    {
        using Variable v = Variable(3, -4), w = Variable(1, 2);
        using var tape = new GradientTape();
        Tensor a = v.Value * 2f, y = GradientTape.StopRecording(() => a + w.Value + a);
        GradientTape.Record(y, [a, w.Value, a], (dy, _) =>
        {
            Tensor shared = dy * 3f;
            return [shared, shared, shared];
        });
        Tensor[] gradients = tape.Gradient(y.Sum(), [v, w]);
        Assert.Equal([12f, 12f], gradients[0].ToArray());
        Assert.Equal([3f, 3f], gradients[1].ToArray());
    }

    [Fact]
    public void A_rule_of_the_wrong_shape_is_named()
    {
        using Variable w = Variable(3, -4);
        using var tape = new GradientTape();
        Tensor y = GradientTape.StopRecording(() => w.Value.Sum());
        GradientTape.Record(y, [w.Value], (dy, _) => [dy]);
        _ = Assert.Throws<ShapeMismatchException>(() => tape.Gradient(y, [w]));
    }

    [Fact]
    public void Gradients_belong_to_the_tape()
    {
        using Variable w = Variable(3);
        Tensor gradient;
        using (var tape = new GradientTape())
            gradient = tape.Gradient(w.Value.Square().Sum(), [w])[0];
        Assert.True(gradient.IsDisposed);
    }

    [Fact]
    public void Gradients_are_reported_once_final_in_the_reverse_order_of_first_uses()
    {
        using var shared = new Variable("shared", Tensor.From((1, 2), [1f, 2f]));
        using var last = new Variable("last", Tensor.From((2, 1), [3f, 4f]));
        using var unused = new Variable("unused", Tensor.From((1), [5f]));
        using var tape = new GradientTape();
        Tensor loss = ((shared.Value * shared.Value).MatMul(last) + shared.Value.Sum()).Sum();
        var seen = new List<(int, float[])>();
        Tensor[] gradients = tape.Gradient(loss, [shared, last, unused], (i, gradient) => seen.Add((i, gradient.ToArray())));
        Assert.Equal([1, 0, 2], seen.Select(one => one.Item1));
        Assert.All(seen, one => Assert.Equal(gradients[one.Item1].ToArray(), one.Item2));
        Assert.Equal([7f, 17f], gradients[0].ToArray());
        Assert.Equal([1f, 4f], gradients[1].ToArray());
        Assert.Equal([0f], gradients[2].ToArray());
    }

    [Fact]
    public void A_gradient_is_reported_before_those_of_earlier_layers_are_computed()
    {
        int computed = 0, before = -1;
        using var first = new Variable("first", Tensor.From((1), [2f]));
        using var second = new Variable("second", Tensor.From((1), [3f]));
        using var tape = new GradientTape();
        Tensor a = first.Value * 1f, b = Tensor.From((1), [2f]);
        GradientTape.Record(b, [a], (outer, _) =>
        {
            computed++;
            return [outer];
        });
        Tensor loss = (b * second.Value).Sum();
        _ = tape.Gradient(loss, [first, second], (i, _) => before = i == 1 ? computed : before);
        Assert.Equal(0, before);
        Assert.Equal(1, computed);
    }
}
