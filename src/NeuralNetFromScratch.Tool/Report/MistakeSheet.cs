using System.Globalization;
using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>Draws wrongly classified digits, those with the highest probability first.</summary>
internal static class MistakeSheet
{
    private const int Shown = 40;

    /// <summary>Returns the image; null if there are no mistakes or the samples are not square images.</summary>
    public static byte[]? Draw(IReadOnlyList<Prediction> predictions, Dataset test, Theme theme)
    {
        Prediction[] mistakes = [.. predictions.Where(prediction => !prediction.IsCorrect).OrderByDescending(prediction => prediction.Probability)];
        if (mistakes.Length == 0 || test.SampleShape.Rank < 2 || test.SampleShape[0] != test.SampleShape[1])
            return null;
        int count = Math.Min(mistakes.Length, Shown);
        var sheet = new PictureSheet
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"{mistakes.Length:N0} mistakes among {predictions.Count:N0} test digits"),
            Subtitle = count < mistakes.Length
                ? $"The {count} surest: what it is, what it was taken for, and how probable that seemed"
                : "What it is, what it was taken for, and how probable that seemed",
            Columns = 10,
            Side = 84,
            Gap = 14,
            CaptionLines = 2,
        };
        float[] pixels = new float[test.SampleShape.ElementCount];
        return sheet.Draw(count, Digit, Caption, theme);

        SKColor[] Digit(int index)
        {
            test.CopyFeatures(mistakes[index].Index, pixels);
            SKColor ink = theme == Theme.Dark ? SKColors.White : SKColors.Black, paper = theme == Theme.Dark ? SKColors.Black : SKColors.White;
            return [.. pixels.Select(value => Theme.Mix(paper, ink, Math.Clamp(value, 0, 1)))];
        }

        string[] Caption(int index) =>
        [
            $"{mistakes[index].Truth} taken for {mistakes[index].Predicted}",
            mistakes[index].Probability.ToString("P1", CultureInfo.InvariantCulture),
        ];
    }
}
