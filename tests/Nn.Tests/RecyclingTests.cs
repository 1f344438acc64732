using System.Collections;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Batches go back to their source once they are on the device.</summary>
[Collection(SeededTests.Name)]
public sealed class RecyclingTests
{
    private static readonly Dictionary<int, float> s_weights = new() { [0] = 1, [1] = 3 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_and_evaluation_give_every_batch_back_and_read_it_no_more(bool isWeighted)
    {
        NDArray x = RandomArrays.Signed(10, 4), y = NDArray.From((10, 2), [.. Enumerable.Range(0, 20).Select(i => i / 2 % 2 == i % 2 ? 1f : 0)]);
        DataItem[] Batches() => [.. Enumerable.Range(0, 5).Select(i => new DataItem(Copy(x, i), Copy(y, i)))];
        (float[] Weights, double Loss) Run(IDataSource training, IDataSource test)
        {
            RandomGenerator.SetSeed(4);
            using var model = new Sequential { new Dense(5, Activation.Relu), new Dense(2, Activation.Softmax) };
            model.Compile(new Adam(), new CategoricalCrossentropy());
            _ = model.Fit(training, validationData: test, verbose: 0, classWeight: isWeighted ? s_weights : null);
            double loss = model.Evaluate(test, verbose: 0)["loss"];
            return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], loss);
        }

        var training = new SpoiledSource(Batches());
        SpoiledSource[] tests = [new(Batches()), new(Batches())];
        (float[] weights, double loss) = Run(training, new InTurn(tests));
        (float[] expected, double expectedLoss) = Run(new ListDataSource(Batches()), new ListDataSource(Batches()));
        Assert.Equal(expected, weights);
        Assert.Equal(expectedLoss, loss);
        Assert.Equal(5, training.Recycled);
        Assert.All(tests, test => Assert.Equal(5, test.Recycled));
    }

    private static NDArray Copy(NDArray rows, int batch) => NDArray.From((2, rows.Shape[1]), rows.Slice(2 * batch, 2).ToFloats());

    /// <summary>Batches that are destroyed when they come back.</summary>
    private sealed class SpoiledSource(DataItem[] batches) : IRecyclingDataSource
    {
        public int? Cardinality => batches.Length;

        public int Recycled { get; private set; }

        public IEnumerator<DataItem> GetEnumerator() => ((IEnumerable<DataItem>)batches).GetEnumerator();

        public void Recycle(DataItem batch)
        {
            Recycled++;
            batch.X.AsSpan<float>().Fill(float.NaN);
            batch.Y.AsSpan<float>().Fill(float.NaN);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Another source for each enumeration.</summary>
    private sealed class InTurn(SpoiledSource[] sources) : IRecyclingDataSource
    {
        private int _next;

        public int? Cardinality => sources[0].Cardinality;

        public IEnumerator<DataItem> GetEnumerator() => sources[_next++].GetEnumerator();

        public void Recycle(DataItem batch) => sources[_next - 1].Recycle(batch);

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
