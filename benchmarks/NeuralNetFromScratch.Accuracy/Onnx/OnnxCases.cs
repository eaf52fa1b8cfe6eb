using System.Globalization;
using System.Numerics.Tensors;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Published.Onnx;

/// <summary>
/// Imports models that a script writes, each in a folder with its input and expected output as ONNX's backend tests have them, and counts those
/// that come in and those that then give other numbers.
/// </summary>
internal static class OnnxCases
{
    private const double RelativeTolerance = 1e-4, AbsoluteTolerance = 1e-5;

    /// <summary>Runs the script into a folder, unless the folder has the cases already, and imports all of them.</summary>
    /// <returns>0 if none gives wrong numbers.</returns>
    public static int Run(string script, string folder, bool lists)
    {
        if (!Directory.Exists(folder))
            PythonScript.Run(Path.Combine("Onnx", script), folder);
        int wrong = 0;
        foreach (IGrouping<string, string> group in Directory.EnumerateFiles(folder, "model.onnx", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).GroupBy(path => Path.GetRelativePath(folder, Path.GetDirectoryName(Path.GetDirectoryName(path)!)!)))
        {
            int count = 0, imported = 0;
            foreach (string path in group)
            {
                count++;
                string name = Path.GetFileName(Path.GetDirectoryName(path)!), verdict = Try(path);
                imported += verdict.StartsWith("refused", StringComparison.Ordinal) ? 0 : 1;
                wrong += verdict.StartsWith("WRONG", StringComparison.Ordinal) ? 1 : 0;
                if (lists || verdict.StartsWith("WRONG", StringComparison.Ordinal))
                    Console.WriteLine($"{name,-60} {verdict}");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(group.Key == "." ? script : group.Key)}: {imported} of {count} models come in"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrong: {wrong}"));
        return wrong == 0 ? 0 : 1;
    }

    private static string Try(string path)
    {
        Sequential network;
        try
        {
            network = OnnxModel.Import(path);
        }
        catch (InvalidDataException exception)
        {
            return $"refused: {exception.Message[(path.Length + 2)..]}";
        }
        catch (Exception exception) when (exception is not InvalidDataException)
        {
            return $"WRONG: {exception}";
        }

        string data = Path.Combine(Path.GetDirectoryName(path)!, "test_data_set_0");
        (int[] shape, float[] inputs) = Read(Directory.EnumerateFiles(data, "input_*.pb").Order(StringComparer.Ordinal).First(file => IsUsed(network, file)));
        float[] outputs = network.Predict(Tensor.Create<float>(inputs, [.. shape.Select(size => (nint)size)])).AsMatrix().Span.ToArray();
        (double Error, string Where)[] errors = [.. Directory.EnumerateFiles(data, "output_*.pb").Order(StringComparer.Ordinal).Select(file => Difference(outputs, Read(file).Values)).OrderBy(error => error.Error)];
        return errors is [var best, ..] && best.Error <= 1 ? $"right: {string.Join(", ", network.Layers)}" : $"WRONG: {errors[0].Where}: {string.Join(", ", network.Layers)}";
    }

    /// <summary>Whether a file holds samples of the network's input.</summary>
    private static bool IsUsed(Sequential network, string file) => Read(file).Values.Length % network.InputShape.ElementCount == 0;

    /// <summary>The largest error in parts of the tolerance, and where it is.</summary>
    private static (double Error, string Where) Difference(float[] actual, float[] expected)
    {
        if (actual.Length != expected.Length)
            return (double.PositiveInfinity, $"{actual.Length} values, expected {expected.Length}");
        (double error, string where) = (0, "");
        for (int i = 0; i < actual.Length; i++)
        {
            bool isSame = actual[i].Equals(expected[i]) || (float.IsNaN(actual[i]) && float.IsNaN(expected[i]));
            double part = isSame ? 0 : Math.Abs((double)actual[i] - expected[i]) / (AbsoluteTolerance + RelativeTolerance * Math.Abs(expected[i]));
            if (part > error || double.IsNaN(part))
                (error, where) = (double.IsNaN(part) ? double.PositiveInfinity : part, string.Create(CultureInfo.InvariantCulture, $"value {i} is {actual[i]}, expected {expected[i]}"));
        }

        return (error, where);
    }

    private static (int[] Shape, float[] Values) Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Value value = new TensorReader(new ExternalData(null)).Read(TensorProto.Parser.ParseFrom(new CodedInputStream(file)), path);
        return (value.Sizes, value.Elements?.Numbers ?? value.Integers?.Select(integer => (float)integer.Fixed).ToArray() ?? []);
    }
}
