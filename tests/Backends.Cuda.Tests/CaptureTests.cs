using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;
using Numerics.Tests.Conformance;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>Captured work does what the same ops do when they are asked for one by one.</summary>
public sealed class CaptureTests : SimulatedDefault
{
    [Fact]
    public void It_reads_what_is_there_when_it_is_repeated()
    {
        using var scope = new TensorScope();
        var x = new Variable("x", Tensor.Ones(5), trainable: false);
        Tensor? sum = null;
        using CapturedWork work = SimulatedBackend.Capture(() => sum = (x.Value * x.Value).Sum())!;
        x.Assign((NDArray)new float[] { 1f, 2, 3, 4, 5 });
        work.Launch();
        Assert.Equal(55, sum!.Item());
        x.Assign((NDArray)new float[] { 5f, 5, 5, 5, 5 });
        Assert.Equal(55, sum.Item());
        work.Launch();
        Assert.Equal(125, sum.Item());
        x.Dispose();
    }

    [Fact]
    public void A_training_by_it_has_the_bits_of_one_without()
    {
        float[] Train(bool isCaptured)
        {
            RandomGenerator.SetSeed(11);
            using Sequential model = TinyNetwork.Create();
            model.Build((Shape.Unknown, 20, 20, 3));
            using var adam = new Adam();
            var loss = new CategoricalFocalLoss();
            using var scope = new TensorScope();
            var x = new Variable("x", Tensor.Zeros((4, 20, 20, 3)), trainable: false);
            var y = new Variable("y", TinyNetwork.Labels(4), trainable: false);
            GradientTape? tape = null;
            IReadOnlyList<Tensor> gradients = [];
            void Differentiate()
            {
                tape?.Dispose();
                tape = new GradientTape();
                gradients = tape.Gradient(loss.Call(y.Value, model.Call(x.Value, training: true)), model.TrainableVariables);
            }

            CapturedWork? work = null;
            for (int step = 0; step < 5; step++)
            {
                x.Assign(TinyNetwork.Pictures(4, (ulong)step));
                if (isCaptured && step == 2)
                    work = SimulatedBackend.Capture(Differentiate);
                if (work is null)
                    Differentiate();
                else
                    work.Launch();
                adam.Apply(gradients, model.TrainableVariables);
            }

            // Something else draws from the generator: the next keys are the same, too.
            float[] result = [.. model.Variables.SelectMany(variable => variable.Value.ToArray()), .. Tensor.RandomUniform(3, 0, 1, RandomGenerator.Default.Next()).ToArray()];
            tape!.Dispose();
            work?.Dispose();
            x.Dispose();
            y.Dispose();
            return result;
        }

        float[] plain = Train(isCaptured: false), captured = Train(isCaptured: true);
        Assert.All(plain, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(plain, captured);
    }

    [Fact]
    public void Its_memory_is_nobody_elses_until_it_is_given_back()
    {
        using var scope = new TensorScope();
        using Tensor x = Tensor.Ones(1000).Keep();
        Tensor? result = null;
        CapturedWork work = SimulatedBackend.Capture(() =>
        {
            using var inner = new TensorScope();
            result = ((x + x) * x).Keep();
        })!;
        Tensor other = Tensor.Zeros(1000);
        work.Launch();
        Assert.All(other.ToArray(), value => Assert.Equal(0, value));
        Assert.All(result!.ToArray(), value => Assert.Equal(2, value));
        long reserved = SimulatedBackend.ReservedBytes;
        work.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(work.Launch);
        Assert.All(result.ToArray(), value => Assert.Equal(2, value));
        result.Dispose();

        // The blocks of the intermediate result and of the result are ordinary ones now.
        _ = Tensor.Zeros(1000);
        _ = Tensor.Zeros(1000);
        Assert.Equal(reserved, SimulatedBackend.ReservedBytes);
    }

    [Fact]
    public void What_cannot_be_noted_is_said_and_harms_nothing()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Ones(10);
        RandomGenerator.SetSeed(5);
        void Refused(string reason, Action work)
        {
            Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => SimulatedBackend.Capture(work)).Message, StringComparison.Ordinal);
            Assert.Equal(10, x.Sum().Item());
            Assert.Equal(0ul, RandomGenerator.Default.Position);
        }

        Refused("brings data to the device", () => _ = x + Tensor.From((NDArray)new float[] { 1f }));
        Refused("reads data from the device", () => _ = (x.Dropout(0.5f, RandomGenerator.Default.Next()) + x).Sum().Item());
        Refused("waits for the device", SimulatedBackend.Synchronize);
        Refused("a seed of its own", () => _ = x.Dropout(0.5f, new RandomKey(6, 0)));
        Refused("captured already", () => SimulatedBackend.Capture(() => { }));
        Assert.Equal("mine", Assert.Throws<InvalidTimeZoneException>(() => SimulatedBackend.Capture(() => throw new InvalidTimeZoneException("mine"))).Message);
    }

    /// <summary>A grid has 65535 blocks along its second axis. A launch is looked at when it is noted, and not run.</summary>
    [Fact]
    public void Long_columns_and_wide_rows_fit_a_grid()
    {
        const int Rows = (65_535 * 512) + 1, Wide = (65_535 * 128) + 1;
        using var scope = new TensorScope();
        Tensor columns = Tensor.Empty(SimulatedBackend, (1, Rows, 2)), means = Tensor.Empty(SimulatedBackend, (1, 2));
        Tensor places = Tensor.Empty(SimulatedBackend, (1, 2), DType.Int32), scale = Tensor.Ones(2), mean = Tensor.Empty(SimulatedBackend, 2), variance = Tensor.Empty(SimulatedBackend, 2);
        Tensor row = Tensor.Empty(SimulatedBackend, (1, 1, Wide)), sums = Tensor.Empty(SimulatedBackend, (1, 1, Wide)), index = Tensor.Zeros(1, SimulatedBackend).Cast(DType.Int32);
        using CapturedWork? work = SimulatedBackend.Capture(() =>
        {
            SimulatedBackend.Reduce(ReduceOp.Mean, columns, means);
            SimulatedBackend.ArgMax(columns, places);
            SimulatedBackend.BatchNormalization(columns.View([Rows, 2]), scale, scale, 1e-3f, false, columns.View([Rows, 2]), mean, variance);
            SimulatedBackend.ScatterAdd(row, index, sums);
        });
        Assert.NotNull(work);
    }

    [Fact]
    public void ASimulatedBackend_that_gains_nothing_does_nothing()
    {
        using var cpu = new Cpu.CpuBackend(1);
        Assert.Null(cpu.Capture(() => throw new InvalidTimeZoneException()));
    }
}
