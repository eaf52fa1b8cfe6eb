using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Hashes;

/// <summary>A hash of bits: FNV-1a with 64 bits, so that the program needs no cryptographic library of the platform's. NaNs count as equal.</summary>
internal sealed class Digest
{
    private ulong _hash = 14695981039346656037;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            _hash = (_hash ^ value) * 1099511628211;
    }

    public void Add(double value) => Add(MemoryMarshal.AsBytes([double.IsNaN(value) ? double.NaN : value]));

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            Add(MemoryMarshal.AsBytes([float.IsNaN(value) ? float.NaN : value]));
    }

    /// <summary>The file that the network would be saved as.</summary>
    public void Add(Sequential network)
    {
        (IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string> metadata) = ModelFile.Describe(network, TensorNaming.Native);
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, tensors, metadata);
        Add(file.ToArray());
    }

    /// <summary>Losses and metrics of all epochs.</summary>
    public void Add(TrainingHistory history)
    {
        foreach (EpochRecord epoch in history.Epochs)
        {
            Add(epoch.Training);
            if (epoch.Validation is not null)
                Add(epoch.Validation);
        }
    }

    public void Add(EvaluationResult result)
    {
        Add(result.Loss);
        foreach (Metric metric in result.Metrics)
        {
            Add(result[metric].Value);
            foreach (double figure in result[metric].PerClass)
                Add(figure);
        }
    }

    public override string ToString() => _hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
