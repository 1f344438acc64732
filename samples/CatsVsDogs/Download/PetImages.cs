namespace Numerics.Samples.CatsVsDogs.Download;

/// <summary>Microsoft's archive of cats and dogs, as it has been since 2022.</summary>
internal static class PetImages
{
    public const string FileName = "kagglecatsanddogs_5340.zip";
    public const string Url = "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip";

    /// <summary>The hash that TensorFlow Datasets keeps of it, too.</summary>
    public const string Sha256 = "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9";

    public const int FilesOfAClass = 12_500;

    /// <summary>How many files TensorFlow Datasets takes.</summary>
    public const int TakenByTfds = 23_262;

    /// <summary>How many files the tutorial at keras.io takes.</summary>
    public const int TakenByKeras = 23_410;
}
