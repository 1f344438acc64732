namespace Numerics.CudaSimulator.Ptx;

/// <summary>PTX that a device would refuse, or whose execution a device would stop or leave undefined.</summary>
public sealed class PtxException(string message, Exception? innerException = null) : Exception(message, innerException);
