using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Layers of pictures as ONNX operators. ONNX has channels first: [batch, channels, height, width], and [filters, channels, height, width] of weights.</summary>
internal static class PictureExport
{
    /// <summary>
    /// Whether a chain takes pictures with their channels last: a layer of pictures comes first. Before one of an imported model, whose channels are first, stands a layer of
    /// steps. Null where there is neither.
    /// </summary>
    public static bool? TakesPictures(Chain chain) => chain.Nodes.Select(node => node.Layer switch
    {
        Conv2D or Pool2D or GlobalAveragePool2D or GlobalMaxPool2D or ZeroPadding2D or Upsample2D => true,
        OperatorLayer => false,
        _ => node.Branches.Select(TakesPictures).FirstOrDefault(takes => takes is not null),
    }).FirstOrDefault(takes => takes is not null);

    public static ExportedValue AddConvolution(ExportedLayer place, ExportedValue value)
    {
        var convolution = (Conv2D)place.Layer;
        PictureShape picture = PictureShape.Of(place.InputShape);
        string x = place.Graph.Picture(value, picture), weight = place.Kernel("weight");
        string result = place.Graph.Node(
            "Conv", convolution.HasBias ? [x, weight, place.Vector("bias")] : [x, weight],
            [
                .. Windows(picture, convolution.KernelSize, convolution.Stride, convolution.Dilation, convolution.Padding), Pair("dilations", convolution.Dilation),
                GraphBuilder.Attribute("group", (long)convolution.Groups),
            ]);
        return ActivationExport.Add(place, convolution.Activation, Output(place, result));
    }

    public static ExportedValue AddPool(ExportedLayer place, ExportedValue value)
    {
        var pool = (Pool2D)place.Layer;
        PictureShape picture = PictureShape.Of(place.InputShape);
        string x = place.Graph.Picture(value, picture);
        AttributeProto[] windows = Windows(picture, pool.Size, pool.Stride, 1, pool.Padding);
        return Output(place, pool is AveragePool2D average
            ? place.Graph.Node("AveragePool", [x], [.. windows, GraphBuilder.Attribute("count_include_pad", average.CountsPadding ? 1L : 0)])
            : place.Graph.Node("MaxPool", [x], windows));
    }

    public static ExportedValue AddGlobalPool(ExportedLayer place, ExportedValue value, string type)
    {
        PictureShape picture = PictureShape.Of(place.InputShape);
        return new(place.Graph.Node(type, [place.Graph.Picture(value, picture)]), new PictureShape(1, 1, picture.Channels));
    }

    public static ExportedValue AddPadding(ExportedLayer place, ExportedValue value)
    {
        Padding2D zeros = ((ZeroPadding2D)place.Layer).Padding;
        string margins = place.Graph.Integers(0, 0, zeros.Top, zeros.Left, 0, 0, zeros.Bottom, zeros.Right);
        return Output(place, place.Graph.Node("Pad", [place.Graph.Picture(value, PictureShape.Of(place.InputShape)), margins]));
    }

    public static ExportedValue AddUpsampling(ExportedLayer place, ExportedValue value)
    {
        Size2D factor = ((Upsample2D)place.Layer).Factor;
        string x = place.Graph.Picture(value, PictureShape.Of(place.InputShape));
        return Output(place, place.Graph.Node(
            "Resize", [x, "", place.Graph.Numbers(1, 1, factor.Height, factor.Width)], GraphBuilder.Attribute("mode", "nearest"),
            GraphBuilder.Attribute("coordinate_transformation_mode", "asymmetric"), GraphBuilder.Attribute("nearest_mode", "floor")));
    }

    /// <summary>A layer of an imported model that does nothing but bring channels from the first place to the last, or back: values stay where they are. Null for all others.</summary>
    public static ExportedValue? AddTurn(ExportedLayer place, OperatorLayer layer, ExportedValue value)
    {
        Shape output = layer.OutputShape(place.InputShape);
        if (layer.Steps.Count == 0)
            return value;
        if (layer.Steps is not [{ Inputs: [0], Name: "View" } only] || Turn.Of(only.Sizes, layer.InputLength) is not { } turn)
            return null;
        if (value.Picture is null && output.Rank == 3 && output[2] == turn.Rows)
        {
            var picture = PictureShape.Of(output);
            return new(place.Graph.Reshape(value.Name, [picture.Channels, picture.Height, picture.Width]), picture);
        }

        return value.Picture is { } turned && turned.Channels == turn.Columns ? ExportedValue.Vector(place.Graph.Rows(value)) : null;
    }

    private static ExportedValue Output(ExportedLayer place, string name) => new(name, PictureShape.Of(place.Layer.OutputShape(place.InputShape)));

    private static AttributeProto[] Windows(PictureShape picture, Size2D size, Size2D stride, Size2D dilation, Padding2D padding)
    {
        (WindowAxis vertical, WindowAxis horizontal) = picture.Windows(size, stride, dilation, padding);
        return
        [
            Pair("kernel_shape", size), Pair("strides", stride),
            GraphBuilder.Attribute("pads", [vertical.Before, horizontal.Before, vertical.After, horizontal.After]),
        ];
    }

    private static AttributeProto Pair(string name, Size2D size) => GraphBuilder.Attribute(name, [size.Height, size.Width]);
}
