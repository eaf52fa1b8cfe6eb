using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Formats a network as a table.</summary>
internal static class NetworkSummary
{
    public static string Of(Sequential network)
    {
        var rows = new List<string[]> { (string[])["layer", "", "output", "parameters", "memory"] };
        foreach (ChainNode node in network.Nodes)
        {
            long count = 0;
            for (int i = 0; i < node.ParameterCount; i++)
                count += network.Parameters[node.FirstParameter + i].Shape.ElementCount;
            rows.Add([MessageText.Escape(node.Name), MessageText.Escape(node.Layer.ToString()), node.OutputShape.ToString(), Count(count), Memory(count)]);
        }

        long total = network.Parameters.TrainableCount;
        rows.Add(["total", $"input {network.InputShape}", "", Count(total), Memory(total)]);

        string[] lines = [.. TextTable.Lines(rows, firstNumber: 3)];
        string rule = new('─', lines[0].Length);
        return string.Concat(new[] { lines[0], rule }.Concat(lines[1..^1]).Concat([rule, lines[^1]]).Select(line => $"{line}\n"));
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Memory(long count) => string.Create(CultureInfo.InvariantCulture, $"{count * sizeof(float) / 1024.0:N1} KB");
}

/// <summary>Fuses a batch normalization into the dense layer or convolution before it.</summary>
internal static class NormalizationFolding
{
    /// <summary>
    /// With s = γ/√(variance + ε): <c>W' = W·s</c> (separately for each column or filter), <c>b' = (b − mean)·s + β</c>. A separate activation
    /// layer after it is fused too.
    /// </summary>
    public static Sequential Fold(Sequential network)
    {
        var layers = new List<Layer>();
        var values = new List<float[][]>();
        foreach (ChainNode node in network.Nodes)
        {
            bool followsLinear = layers.Count > 0 && IsLinear(layers[^1]);
            if (node.Layer is BatchNormalization normalization && followsLinear)
            {
                if (values[^1].Length == 1)
                {
                    layers[^1] = With<object?>(layers[^1], "bias", null);
                    values[^1] = [.. values[^1], new float[node.InputShape[^1]]];
                }

                Apply(normalization, Values(network, node), values[^1]);
            }
            else if (node.Layer is ActivationLayer activate && followsLinear)
            {
                layers[^1] = With(layers[^1], "activation", activate.Activation);
            }
            else
            {
                layers.Add(node.Layer);
                values.Add(Values(network, node));
            }
        }

        var folded = new Sequential(network.InputShape, 0, layers) 
        {
            OutputActivation = network.OutputActivation, ClassNames = network.ClassNames, InputScaling = network.InputScaling,
        };
        folded.CopyUserEntries(network);
        foreach ((Parameter parameter, float[] value) in folded.Parameters.Zip(values.SelectMany(of => of)))
            value.CopyTo(parameter.Values);
        return folded;
    }

    private static void Apply(BatchNormalization normalization, float[][] statistics, float[][] dense)
    {
        (float[] mean, float[] variance) = (statistics[^2], statistics[^1]);
        (float[] weight, float[] bias) = (dense[0], dense[1]);
        for (int column = 0; column < bias.Length; column++)
        {
            (double scale, double shift) = normalization.IsAffine ? (statistics[0][column], statistics[1][column]) : (1, 0);
            double factor = scale / Math.Sqrt((double)variance[column] + normalization.Epsilon);
            for (int element = column; element < weight.Length; element += bias.Length)
                weight[element] = (float)(factor * weight[element]);
            bias[column] = (float)(factor * ((double)bias[column] - mean[column]) + shift);
        }
    }

    private static bool IsLinear(Layer layer) =>
        (layer is Dense dense && dense.Activation.Equals(Activation.Identity)) || (layer is Conv2D convolution && convolution.Activation.Equals(Activation.Identity));

    /// <summary>Returns a copy of a dense layer or convolution with one setting changed.</summary>
    private static Layer With<T>(Layer layer, string name, T value)
    {
        Settings settings = layer.Settings.With(name, value);
        return layer is Dense ? Dense.Create(settings) : Conv2D.Create(settings);
    }

    private static float[][] Values(Sequential network, ChainNode node) =>
        [.. Enumerable.Range(node.FirstParameter, node.ParameterCount).Select(i => network.Parameters[i].Values.ToArray())];
}
