namespace Numerics.Samples.CatsVsDogs;

/// <summary>Something the user can set right; the message says what and where, and is all that is shown.</summary>
/// <param name="message">The message.</param>
/// <param name="cause">What was found, if it was an exception.</param>
internal sealed class UserException(string message, Exception? cause = null) : Exception(message, cause);
