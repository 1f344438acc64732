namespace Numerics.Formats;

/// <summary>Whose way of writing the same settings.</summary>
internal enum ConfigDialect
{
    /// <summary>Keras 3: objects carry module and registered name, shapes are <c>batch_shape</c>.</summary>
    Keras,

    /// <summary>Keras 2, in legacy .h5 files: objects carry a class name only, shapes are <c>batch_input_shape</c>.</summary>
    Legacy,

    /// <summary>TensorFlow.js: as <see cref="Legacy"/>, without what its layers do not have.</summary>
    TensorFlowJs,
}
