namespace Numerics.Samples.CatsVsDogs;

/// <summary>Where programs keep what they can make again. See the XDG base directory specification for Linux.</summary>
internal static class UserCache
{
    /// <summary>The user's folder.</summary>
    public static string Path
    {
        get
        {
            if (OperatingSystem.IsWindows())
                return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && System.IO.Path.IsPathRooted(cache))
                return cache;
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (home.Length == 0)
                return System.IO.Path.GetTempPath();
            return OperatingSystem.IsMacOS() ? System.IO.Path.Combine(home, "Library", "Caches") : System.IO.Path.Combine(home, ".cache");
        }
    }
}
