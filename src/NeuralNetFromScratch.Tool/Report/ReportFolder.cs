namespace NeuralNetFromScratch.Tool.Report;

/// <summary>The folder of a run's report.</summary>
internal static class ReportFolder
{
    /// <summary>Creates the folder and checks that it can be written to, before a training rather than after it.</summary>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static void Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            using FileStream trial = new(
                Path.Combine(path, $"{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--output {path}: nothing can be written there. Name another folder. {exception.Message}", exception);
        }
    }

    /// <summary>Draws the images and writes all files.</summary>
    /// <returns>The names of the files, the report first.</returns>
    public static IReadOnlyList<string> Write(string path, RunReport report)
    {
        (string Name, string Description, Func<Theme, byte[]?> Draw)[] pictures =
        [
            ("learning-curves.png", "Learning curves", theme => LearningCurves.Draw(report, theme)),
            ("confusion-matrix.png", "Confusion matrix", theme => ConfusionPicture.Draw(report.Evaluation.ConfusionMatrix, report.Classes, theme)),
            ("mistakes.png", "Mistakes", theme => MistakeSheet.Draw(report.Predictions, report.Test, theme)),
            ("first-layer.png", "The first layer's weights", theme => WeightSheet.Draw(report.Network, theme)),
        ];
        List<string> names = ["report.html"];
        List<ReportPicture> shown = [];
        foreach ((string name, string description, Func<Theme, byte[]?> draw) in pictures)
        {
            string file = Path.Combine(path, name);
            if (draw(Theme.Light) is not { } light || draw(Theme.Dark) is not { } dark)
            {
                // An image of an earlier run must not remain.
                File.Delete(file);
                continue;
            }

            File.WriteAllBytes(file, light);
            names.Add(name);
            shown.Add(new(description, light, dark));
        }

        File.WriteAllText(Path.Combine(path, names[0]), HtmlReport.Of(report, shown));
        return names;
    }
}
