using System.Globalization;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>The end of a model: which output it is, and what becomes of the last layer's values.</summary>
internal sealed class OutputImport
{
    private readonly ModelGraph _graph;

    /// <exception cref="InvalidDataException">There is not exactly one output of floats, or no node computes it.</exception>
    public OutputImport(ModelGraph graph, GraphProto description)
    {
        _graph = graph;
        // A classifier gives labels too, whole numbers or texts. A list of dictionaries is no tensor: that is how scikit-learn's converter
        // gives probabilities.
        ValueInfoProto[] outputs = [.. description.Output.Where(output => output.Type?.TensorType is null or { ElemType: OnnxTypes.Float or 0 })];
        if (outputs.Length != 1)
            throw new InvalidDataException($"the model has {outputs.Length} outputs of floats ({string.Join(", ", outputs.Select(output => output.Name))}); exactly one is read");
        Value = outputs[0].Name;
        if (graph.Find(Value) is null && Value != graph.Input)
            throw new InvalidDataException($"no node computes the output \"{Value}\"");
        SplitTransform();
    }

    /// <summary>What the last layer gives.</summary>
    public string Value { get; private set; }

    public OutputActivation Transform { get; private set; } = OutputActivation.None;

    /// <summary>The node that stands for <see cref="Transform"/>.</summary>
    public Operation? Source { get; private set; }

    /// <summary>The classes as scikit-learn's converter notes them; empty where it does not.</summary>
    public IReadOnlyList<string> ClassNames { get; private set; } = [];

    /// <summary>Takes off what passes values on, and then a softmax.</summary>
    private void SplitTransform()
    {
        var passed = new HashSet<string>();
        while (passed.Add(Value) && _graph.Find(Value) is { Type: "Identity" or "Cast" or "ZipMap" } pass && (pass.Type == "ZipMap" || ElementwiseOperators.Knows(pass)))
        {
            if (pass.Type == "ZipMap")
                ClassNames = Labels(pass);
            Value = pass.Input(0);
        }

        if (_graph.Find(Value) is not { Type: "Softmax" or "LogSoftmax" } last)
            return;
        if (last.Integer("axis", -1) is not (1 or -1))
            throw last.Refuse("is taken over another axis than the last");
        Source = last;
        Transform = last.Type == "Softmax" ? OutputActivation.Softmax : OutputActivation.LogSoftmax;
        Value = last.Input(0);
    }

    private static IReadOnlyList<string> Labels(Operation zip)
    {
        IReadOnlyList<string> texts = zip.Texts("classlabels_strings");
        return texts.Count > 0 ? texts : [.. zip.Integers("classlabels_int64s").Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }
}
