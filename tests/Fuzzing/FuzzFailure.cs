namespace NeuralNetFromScratch.Fuzzing;

/// <summary>A mutation that a reader did not answer as promised.</summary>
/// <param name="Number">Its number, which gives it again.</param>
/// <param name="File">The file.</param>
/// <param name="Reason">What happened.</param>
public sealed record FuzzFailure(ulong Number, byte[] File, string Reason);
