using System.Globalization;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Images;

namespace NeuralNetFromScratch.Tool;

/// <summary>The verb <c>predict</c>: prints the digits of each image on a line. An image that cannot be used is reported, and the others are processed.</summary>
internal static class PredictVerb
{
    public static int Run(string model, IReadOnlyList<string> images, TextWriter error, CancellationToken cancellationToken)
    {
        Sequential network = SavedModel.Load(model);
        var preprocessor = new DigitPreprocessor();
        int code = ExitCode.Success;
        foreach (string image in images)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                UserFile.CheckReadable(image);
                IReadOnlyList<HandwrittenDigit> digits = preprocessor.Find(image);
                if (digits.Count == 0)
                    throw new InvalidDataException($"{image}: the image shows no digit");
                (int Digit, float Probability)[] read = [.. digits.Select(digit => Classify(network, digit.Pixels))];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{image}: {string.Join(' ', read.Select(one => one.Digit))} ({string.Join(", ", read.Select(one => one.Probability.ToString("P1", CultureInfo.InvariantCulture)))})"));
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                error.WriteLine(exception.Message);
                code = ExitCode.BadUsage;
            }
        }

        return code;
    }

    private static (int Digit, float Probability) Classify(Sequential network, ReadOnlySpan<byte> pixels)
    {
        float[] input = new float[network.InputShape.ElementCount], probabilities = new float[network.OutputShape.ElementCount];
        (network.InputScaling ?? new InputScaling(1f / byte.MaxValue)).Apply(pixels, input);
        network.Predict(input, probabilities);
        int digit = TensorPrimitives.IndexOfMax(probabilities);
        return (digit, probabilities[digit]);
    }
}
