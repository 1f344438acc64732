using Numerics.Data;
using Numerics.Samples.CatsVsDogs.Drawings;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>What a training uses.</summary>
/// <param name="Training">The pictures to learn from.</param>
/// <param name="HeldOut">The pictures to test on, none of which is learnt from; null when nothing is set aside.</param>
internal sealed record TrainingPictures(ImageDataset Training, ImageDataset? HeldOut)
{
    /// <summary>All of them.</summary>
    public ImageDataset[] All => HeldOut is null ? [Training] : [Training, HeldOut];

    /// <summary>The drawings, made now if they are not there yet.</summary>
    /// <param name="folder">Where they are kept.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="output">Is told that these are drawings.</param>
    /// <param name="cancellationToken">Stops the drawing.</param>
    public static TrainingPictures OfDrawings(string folder, ulong seed, TextWriter output, CancellationToken cancellationToken)
    {
        output.WriteLine("No --data given: training on computer-made drawings, not photographs. They show that all works; a network");
        output.WriteLine("trained on them knows nothing of real animals. For photographs: catsvsdogs train --data FOLDER");
        if (!DrawingSet.Exists(folder))
        {
            const int All = DrawingSet.TrainingPictures + DrawingSet.HeldOutPictures;
            output.WriteLine($"drawing {All:N0} pictures into {folder}");
            DrawingSet.Create(
                folder, DrawingSet.TrainingPictures, DrawingSet.HeldOutPictures,
                drawn => output.WriteLine($"  {drawn:N0} of {All:N0}"), cancellationToken);
        }

        return new(PictureFolder.Open(DrawingSet.TrainingPath(folder), seed), PictureFolder.Open(DrawingSet.HeldOutPath(folder), seed));
    }

    /// <summary>Photographs, with a folder of others to test on.</summary>
    public static TrainingPictures OfFolders(string training, string heldOut, ulong seed, FilePolicy policy) =>
        new(PictureFolder.Open(training, seed, policy: policy), PictureFolder.Open(heldOut, seed, policy: policy));

    /// <summary>Photographs, a part of which is set aside to test on.</summary>
    public static TrainingPictures OfFolder(string folder, double heldOutPart, ulong seed, FilePolicy policy)
    {
        ImageDataset all = PictureFolder.Open(folder, seed, policy: policy);
        if ((int)(all.FilePaths.Length * heldOutPart) == 0)
            return new(all, null);
        return new(
            PictureFolder.Open(folder, seed, heldOutPart, DatasetSubset.Training, policy),
            PictureFolder.Open(folder, seed, heldOutPart, DatasetSubset.Validation, policy));
    }
}
