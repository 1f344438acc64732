namespace Numerics.Tensors;

/// <summary>
/// A data source of batches that writes them into memory which earlier ones no longer need: a new array of some megabytes for each batch
/// costs more than filling it, since the system has to hand out and clear its pages. <c>Fit</c> and <c>Evaluate</c> give a batch
/// back once it is on the device.
/// </summary>
public interface IRecyclingDataSource : IDataSource
{
    /// <summary>Gives back a batch that an enumeration of this source yielded; its arrays may change from now on.</summary>
    /// <param name="batch">The batch. Nobody else may hold any of its arrays.</param>
    void Recycle(DataItem batch);
}
