using System.Diagnostics.CodeAnalysis;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Converts a model to a network: <see cref="Tracer"/> follows the graph from the input to the output, <see cref="Lowering"/> converts its nodes to layers.
/// </summary>
internal static class GraphImport
{
    /// <exception cref="InvalidDataException">The model is malformed or contains something that is not supported.</exception>
    public static Sequential Read(ModelProto model, string? folder, OnnxImportOptions options)
    {
        if (model.Graph is null)
            throw new InvalidDataException("the file contains no graph");
        var external = new ExternalData(folder);
        var graph = new ModelGraph(model, external);
        string output = OutputChoice.Find(graph, model.Graph, options.OutputName);
        graph.ChooseInput(output);
        var tensors = new TensorReader(external);
        // An input with one axis of fixed size is a sample. Another input begins with the batch axis; if this is impossible, it is one sample.
        bool isVector = graph.Input is { IsVector: true, IsFixed: true };
        if (TryRead(isVector, out Sequential? network, out InvalidDataException? reason))
            return network;
        if (graph.Input.IsFixed && TryRead(!isVector, out network, out _))
            return network;
        throw reason;

        bool TryRead(bool isOneSample, [NotNullWhen(true)] out Sequential? read, [NotNullWhen(false)] out InvalidDataException? failure)
        {
            try
            {
                (read, failure) = (Read(model, graph, tensors, output, isOneSample, options.ChannelsLast), null);
                return true;
            }
            catch (InvalidDataException exception)
            {
                (read, failure) = (null, exception);
                return false;
            }
            catch (Exception exception) when (exception is ArgumentException or OverflowException)
            {
                // A shape with too many axes or values.
                (read, failure) = (null, MessageText.Malformed("the model cannot be a network", exception));
                return false;
            }
        }
    }

    private static Sequential Read(ModelProto model, ModelGraph graph, TensorReader tensors, string output, bool isOneSample, bool channelsLast)
    {
        int[] sizes = isOneSample ? graph.Input.AllSizes : graph.Input.SampleSizes;
        bool isTurned = channelsLast && sizes.Length == 3;
        var tracer = new Tracer(graph, new ImportBudget(graph.StoredValues), tensors, isOneSample, isTurned);
        Value result = tracer.Find(output);
        if (result.Kind != ElementKind.Number || result.Elements?.Node is not { } end)
            throw new InvalidDataException($"the output {MessageText.Quote(output)} is not a float tensor that depends on the input");
        if (result.SampleAxis > 0)
            throw new InvalidDataException($"the output {MessageText.Quote(output)} has shape {result}, whose first axis is not the batch axis");
        var transform = OutputActivation.None;
        if (end is { Step: "Softmax" or "LogSoftmax", Sizes: [1, var count, 1] } && count == end.Length)
        {
            transform = end.Step == "Softmax" ? OutputActivation.Softmax : OutputActivation.LogSoftmax;
            end = end.Inputs.First();
        }

        Shape inputShape = isTurned ? [sizes[1], sizes[2], sizes[0]] : Shape.Create(sizes), outputShape = Shape.Create(result.Sizes);
        if (channelsLast && outputShape.Rank == 3)
        {
            // The result of the node was transposed.
            end = ImageOrder.Last(tracer, end.Source!, new(end), outputShape).Node!;
            outputShape = [outputShape[1], outputShape[2], outputShape[0]];
        }

        LayerList layers = new Lowering().Convert(tracer.Source, end, inputShape);
        layers.Reshape(outputShape);
        if (layers.Layers.Count == 0)
            layers.Add(null, inputShape.Rank == 1 ? new Flatten() : new OperatorLayer(inputShape.ElementCount, [], [], inputShape));
        var network = new Sequential(new Chain(inputShape, layers.Layers)) { OutputActivation = transform, ClassNames = ClassNameChoice.Find(model, graph, tensors, result.Length) };
        foreach (StringStringEntryProto entry in model.MetadataProps)
        {
            if (!OnnxModel.IsClassKey(entry.Key))
                network.Metadata.TryAdd(entry.Key, entry.Value);
        }

        float[][] values = layers.Values;
        for (int i = 0; i < values.Length; i++)
            values[i].CopyTo(network.Parameters[i].Values);
        return network;
    }
}
