namespace NeuralNetFromScratch;

/// <summary>
/// Implemented by a user's layer or activation that is equivalent to a sequence of the library's layers. It can then be exported to formats that
/// support only the library's parts, such as ONNX.
/// </summary>
public interface IComposedOf
{
    /// <summary>
    /// Returns the equivalent layers in order: the library's, or the user's parts that implement this interface. Their parameters in sequence are
    /// those of this part, in the same order and with the same number of values; the layers of an activation have none.
    /// </summary>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <returns>The layers; at least one.</returns>
    IReadOnlyList<Layer> Composition(Shape inputShape);
}
