using System.Globalization;

namespace NeuralNetFromScratch.Tool;

/// <summary>The verb <c>predict</c>: which digits pictures show, a line for each.</summary>
internal static class PredictVerb
{
    public static int Run(string model, IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        Sequential network = SavedModel.Load(model);
        InputScaling scaling = network.InputScaling ?? new InputScaling(1f / byte.MaxValue);
        Predictor predictor = network.CreatePredictor();
        float[] input = new float[network.InputShape.ElementCount], probabilities = new float[network.OutputShape.ElementCount];
        foreach (string image in images)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scaling.Apply(DigitImage.Load(image), input);
            predictor.Predict(input, probabilities);
            int[] ranking = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(digit => probabilities[digit])];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{image}: {ranking[0]} ({probabilities[ranking[0]]:P1}), then {ranking[1]} ({probabilities[ranking[1]]:P1})"));
        }

        return ExitCode.Success;
    }
}
